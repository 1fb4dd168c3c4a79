import { errorKind } from '../domain/errors.ts'
import { parseRepository, type RepositoryId, sameRepository } from '../domain/repository.ts'
import type { RepositorySnapshot } from '../forge/forge.ts'
import { allPlaces, STATE_ROOT } from '../state/files.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'

/**
 * What can be said of a repository that is not found: under which id a manifest repository remembers places of previews
 * of its name. Null where none does.
 * @param manifests keys of the manifest repositories
 */
export async function sourceOfPlaces(
  repository: RepositoryId,
  manifests: readonly string[],
  dependencies: Pick<Dependencies, 'forges'>,
): Promise<RepositorySnapshot | null> {
  const [id] = await idsOf(repository, manifests, dependencies)
  if (id === undefined) return null
  return {
    id,
    repository,
    url: '',
    compareUrl: '',
    private: true,
    archived: true,
    defaultBranch: '',
    head: null,
    files: {},
    report: null,
    proposals: [],
  }
}

async function idsOf(
  repository: RepositoryId,
  manifests: readonly string[],
  { forges }: Pick<Dependencies, 'forges'>,
): Promise<string[]> {
  const found = await Promise.all(
    manifests.map(async (key) => {
      const place = parseRepository(key, repository.forge)
      const { forge } = repository
      const query = { branch: null, files: [], directories: [], changeRequestBranches: [] }
      try {
        const { state } = await forgeOf(forges, place).readManifests(place, {
          ...query,
          state: `${STATE_ROOT}/${forge}`,
        })
        return allPlaces(state).filter(({ source }) =>
          sameRepository(parseRepository(source, forge), repository),
        )
      } catch (error) {
        if (errorKind(error) !== 'permanent') throw error
        return []
      }
    }),
  )
  return [...new Set(found.flat().map(({ id }) => id))]
}
