import type { SourceConfig } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { isImageKey } from '../domain/image.ts'
import { changeRequestBranch, FORMER_PREVIEWS, POLICY_PATH } from '../domain/names.ts'
import { type ForgeId, parseRepository, type RepositoryId, sameRepository } from '../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateRoot } from '../domain/template.ts'
import type { Forge, ManifestQuery } from '../forge/forge.ts'
import { type FormerPlace, formerPlaces } from '../plan/previews/places.ts'
import type { ManifestWorld } from '../plan/world.ts'
import type { SourceIdentity } from '../state/files.ts'
import { readManifests } from './read-manifests.ts'
import { readWatch } from './watches.ts'

type Forges = ReadonlyMap<ForgeId, Forge>

/**
 * Adds what is at places of previews that the configuration does not have any more: in its manifest repositories, and in
 * those that the application fed before.
 * @param fed what the application feeds, as the store remembers it
 */
export async function readFormer(
  forges: Forges,
  source: SourceIdentity,
  config: SourceConfig,
  manifests: readonly ManifestWorld[],
  fed: readonly string[],
): Promise<ManifestWorld[]> {
  const known = [...manifests, ...(await readFed(forges, source, manifests, fed))]
  const places = formerPlaces({ config, manifests: known })
  const used = known.filter(
    (each) =>
      manifests.includes(each) ||
      places.some(({ repository }) => sameRepository(repository, each.repository)) ||
      each.snapshot === null,
  )
  const queries = groupOf(places).map((query) => readPlace(forges, source, query))
  return (await Promise.all(queries)).reduce(addPlace, used)
}

/** The manifest repositories among what `recordFeeds` has recorded. */
export function manifestKeys(fed: readonly string[]): string[] {
  return fed.filter((key) => !isImageKey(key) && readWatch(key) === null)
}

/** Manifest repositories that the configuration does not name. One that is not there any more has nothing to clean up. */
async function readFed(
  forges: Forges,
  source: SourceIdentity,
  manifests: readonly ManifestWorld[],
  fed: readonly string[],
): Promise<ManifestWorld[]> {
  const names = manifests.flatMap(({ repository, snapshot }) => [
    repository,
    ...(snapshot === null ? [] : [snapshot.repository]),
  ])
  const others = manifestKeys(fed)
    .map((key) => parseRepository(key, source.forge))
    .filter((each) => !names.some((name) => sameRepository(name, each)))
  const read = await Promise.all(
    others.map((repository) =>
      readManifests(forges, source, { repository, query: queryOf({ branch: null, places: [] }) }),
    ),
  )
  return read.filter(({ snapshot, ...rest }) =>
    snapshot === null
      ? !('reason' in rest && rest.reason.code === 'repository-not-found')
      : !names.some((name) => sameRepository(name, snapshot.repository)),
  )
}

interface Group {
  repository: RepositoryId
  branch: string | null
  places: FormerPlace[]
}

function groupOf(places: readonly FormerPlace[]): Group[] {
  const groups: Group[] = []
  for (const place of places) {
    const { repository, branch } = place
    const found = groups.find((each) => sameRepository(each.repository, repository) && each.branch === branch)
    if (found === undefined) groups.push({ repository, branch, places: [place] })
    else found.places.push(place)
  }
  return groups
}

function queryOf({ branch, places }: Pick<Group, 'branch' | 'places'>): ManifestQuery {
  const roots = places.map(({ path }) => templateRoot(parseTemplate(path, PREVIEW_PATH_VARIABLES)))
  return {
    branch,
    files: [POLICY_PATH],
    directories: [...new Set(roots)].map((path) => ({ path, texts: false, history: 0 })),
    changeRequestBranches: [...new Set(places.map(({ app }) => changeRequestBranch(app, FORMER_PREVIEWS)))],
  }
}

/** A branch that is not there any more holds nothing. */
async function readPlace(forges: Forges, source: SourceIdentity, group: Group): Promise<ManifestWorld> {
  return await readManifests(forges, source, { repository: group.repository, query: queryOf(group) })
}

/** A branch that moved in between is read anew by the next pass: the writes are pinned to what was read first. */
function addPlace(manifests: ManifestWorld[], place: ManifestWorld): ManifestWorld[] {
  const same = (each: ManifestWorld) =>
    sameRepository(each.repository, place.repository) && each.branch === place.branch
  if (!manifests.some(same)) return [...manifests, place]
  return manifests.map((each) => {
    if (!same(each) || each.snapshot === null) return each
    if (place.snapshot === null) return place
    const paths = new Set(each.snapshot.tree.map(({ path }) => path))
    const snapshot = {
      ...each.snapshot,
      tree: [...each.snapshot.tree, ...place.snapshot.tree.filter(({ path }) => !paths.has(path))],
      complete: each.snapshot.complete && place.snapshot.complete,
      changeRequests: { ...each.snapshot.changeRequests, ...place.snapshot.changeRequests },
    }
    return { ...each, snapshot }
  })
}

/** Whether the forge says that there is no such repository, or hides it. */
export function isNotFound(error: unknown): error is SupercargoError {
  return error instanceof SupercargoError && error.code === 'repository-not-found'
}
