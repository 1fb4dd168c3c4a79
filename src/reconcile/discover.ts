import { POLICY_PATH } from '../domain/names.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import { allPlaces, STATE_ROOT } from '../state/files.ts'
import type { Store } from '../store/store.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import type { Reading } from './read-world.ts'

interface DiscoveryParts extends Pick<Dependencies, 'forges'> {
  store: Pick<Store, 'addFeeds' | 'enqueue'>
}

/**
 * Finds applications again that nothing leads to any more: their configuration or they themselves are gone, and the
 * database does not know them, but the state branch of a manifest repository remembers where their previews are. Looks
 * once into each repository with a policy: a database is not lost while the process runs.
 */
export function createDiscovery({ forges, store }: DiscoveryParts): (reading: Reading) => Promise<void> {
  const seen = new Set<string>()
  return async (reading) => {
    const manifests = manifestRepository(reading)
    if (manifests === null || seen.has(repositoryKey(manifests))) return
    const { state } = await forgeOf(forges, manifests).readManifests(manifests, {
      branch: null,
      files: [],
      directories: [],
      changeRequestBranches: [],
      state: STATE_ROOT,
    })
    const sources = allPlaces(state).map(({ source }) => source)
    await store.enqueue(await store.addFeeds(repositoryKey(manifests), sources))
    seen.add(repositoryKey(manifests))
  }
}

function manifestRepository(reading: Reading): RepositoryId | null {
  const source = reading.kind === 'planned' ? reading.world.source : reading.source
  return source !== null && typeof source.files[POLICY_PATH] === 'string' ? source.repository : null
}
