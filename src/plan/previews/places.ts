import type { App, Previews } from '../../config/model.ts'
import { plainLine } from '../../domain/commit-message.ts'
import { type RepositoryId, repositoryKey, sameRepository } from '../../domain/repository.ts'
import { placesFile } from '../../state/files.ts'
import type { PreviewPlace, PreviewPlaces } from '../../state/state.ts'
import type { Action } from '../action.ts'
import { type ManifestWorld, manifestsOf, type ReadableManifests, type World } from '../world.ts'

/** A place where previews of an app may still be, although the configuration does not say so any more. */
export interface FormerPlace extends PreviewPlace {
  app: string
  /** The manifest repository, as the part of the world names it where it was remembered. */
  repository: RepositoryId
}

type Readable = ManifestWorld & ReadableManifests
type Seen = Pick<World, 'config' | 'manifests'>

/** The places that the state branches remember and the configuration does not have. */
export function formerPlaces({ config, manifests }: Seen): FormerPlace[] {
  return distinct(manifests).flatMap(({ repository, state }) =>
    !state.ok
      ? []
      : Object.entries(state.value.places).flatMap(([app, { at }]) =>
          at
            .filter((place) => !isConfigured({ config, manifests }, repository, place))
            .map((place) => ({ app, repository, ...place })),
        ),
  )
}

/** Whether the state branch remembers where an app's previews are. */
export function isRemembered(manifests: ReadableManifests, app: App, previews: Previews): boolean {
  const { state } = manifests
  return state.ok && state.value.places[app.name]?.at.some((place) => isPlaceOf(previews, place)) === true
}

/**
 * Brings what the state branches remember to what is so: places of previews that are there or come, and places that are
 * former ones until the last preview is gone. It comes before all commits, so that there is never a preview whose place
 * nobody would know. One commit for each manifest repository.
 * @param occupied apps that have previews in Git, or are to have some
 * @param former places where something is left
 */
export function rememberPlaces(
  world: World,
  occupied: ReadonlySet<string>,
  former: readonly FormerPlace[],
): Action[] {
  return distinct(world.manifests).flatMap(({ repository, snapshot, state }) => {
    if (!state.ok) return []
    const before = state.value.places
    const now: Record<string, PreviewPlace[]> = {}
    for (const { name, previews } of world.config.apps) {
      if (previews === null || !isHere(world, previews, repository)) continue
      const known = before[name]?.at.some((place) => isPlaceOf(previews, place)) === true
      if (known || occupied.has(name)) now[name] = [{ branch: previews.manifestBranch, path: previews.path }]
    }
    for (const { app, repository: where, branch, path } of former)
      if (sameRepository(where, repository)) now[app] = [...(now[app] ?? []), { branch, path }]
    const source = repositoryKey(world.source.repository)
    const wanted = (app: string): PreviewPlaces | null => {
      const at = now[app]
      return at === undefined ? null : { source, at }
    }
    const apps = [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .filter((app) => !same(before[app] ?? null, wanted(app)))
      .toSorted()
    if (apps.length === 0) return []
    const identity = { forge: world.source.repository.forge, id: world.source.id }
    const wish = {
      expectedHead: state.head,
      message: messageOf(source, apps, now),
      changes: apps.map((app) => placesFile(identity, app, wanted(app))),
    }
    const message = `The state branch does not say yet where the previews of ${apps.join(', ')} are.`
    const reason = { code: 'places-differ', message }
    return [{ kind: 'write-state', repository: snapshot.repository, target: null, reason, wish }]
  })
}

function messageOf(source: string, apps: readonly string[], now: Record<string, PreviewPlace[]>): string {
  const lines = apps.map((app) => {
    const at = (now[app] ?? []).map(({ path, branch }) => (branch === null ? path : `${path} on ${branch}`))
    return plainLine(`- ${app}: ${at.length === 0 ? 'none any more' : at.join(', ')}`, 300)
  })
  const subject = plainLine(`Remember where the previews of ${apps.join(', ')} are`)
  return [
    subject,
    `As the configuration of ${source} and the manifests have it.\n\n${lines.join('\n')}`,
  ].join('\n\n')
}

/** Each repository once: its state is the same whatever branch was read with it. */
function distinct(manifests: readonly ManifestWorld[]): Readable[] {
  const readable = manifests.filter((each): each is Readable => each.snapshot !== null)
  return readable.filter(
    ({ snapshot }, index) =>
      !readable
        .slice(0, index)
        .some((other) => sameRepository(other.snapshot.repository, snapshot.repository)),
  )
}

function isConfigured({ config, manifests }: Seen, repository: RepositoryId, place: PreviewPlace): boolean {
  return config.apps.some(
    ({ previews }) =>
      previews !== null && isHere({ manifests }, previews, repository) && isPlaceOf(previews, place),
  )
}

/** Whether previews are written to a repository, by whichever of its names. */
function isHere(world: Pick<World, 'manifests'>, previews: Previews, repository: RepositoryId): boolean {
  const { snapshot } = manifestsOf(world, previews)
  const here = world.manifests.find((each) => sameRepository(each.repository, repository))?.snapshot
  return snapshot !== null && here != null && sameRepository(snapshot.repository, here.repository)
}

function isPlaceOf({ manifestBranch, path }: Previews, place: PreviewPlace): boolean {
  return place.branch === manifestBranch && place.path === path
}

function same(one: PreviewPlaces | null, other: PreviewPlaces | null): boolean {
  const text = (places: PreviewPlaces | null) =>
    places && JSON.stringify([places.source, places.at.map(({ branch, path }) => [branch, path])])
  return text(one) === text(other)
}
