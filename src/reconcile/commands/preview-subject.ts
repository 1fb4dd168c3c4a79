import { refusesSource } from '../../config/consent.ts'
import type { App, Previews } from '../../config/model.ts'
import { nearest } from '../../domain/nearest.ts'
import { type RepositoryId, sameRepository } from '../../domain/repository.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Reason } from '../../plan/action.ts'
import { manifestsOf, type World } from '../../plan/world.ts'

/** An open pull request, and the apps of whose previews people may say something there. */
export interface PreviewSubject {
  pullRequest: SourcePullRequest
  /** At least one. */
  apps: PreviewApp[]
}

export interface PreviewApp {
  app: App
  previews: Previews
  /** The manifest repository, as its forge calls it. */
  manifests: RepositoryId
}

/**
 * Of which previews a person speaks on a pull request, or why of none.
 * @param name of the one app that was named; undefined: all of them
 */
export function subjectOf(world: World, number: number, name: string | undefined): PreviewSubject | Reason {
  const { config, source } = world
  const names = config.apps.map((app) => app.name)
  if (name !== undefined && !names.includes(name)) {
    const meant = nearest(name, names)
    const hint = meant === null ? '' : ` Did you mean "${meant}"?`
    return { code: 'app-unknown', message: `There is no app "${name}".${hint}` }
  }
  if (source.archived) return { code: 'archived', message: 'The repository is archived: its previews go.' }
  const having = config.apps.flatMap((app) =>
    app.previews === null || (name ?? app.name) !== app.name ? [] : [{ app, previews: app.previews }],
  )
  if (having.length === 0) {
    const whose = name === undefined ? '' : ` for the app ${name}`
    const message = `The configuration of ${source.repository.path} says nothing of "previews"${whose}.`
    return { code: 'no-previews', message }
  }
  const following = having.filter(({ previews }) => previews.follow.kind === 'pull-requests')
  if (following.length === 0) {
    const message =
      'The previews follow branches, so that nothing can be said of a single one: push to a branch, or delete it.'
    return { code: 'previews-follow-branches', message }
  }
  const pullRequest = openPullRequest(world, number)
  if ('code' in pullRequest) return pullRequest
  const allowed = following.filter(({ previews }) => !pullRequest.fork || previews.forks !== 'never')
  if (allowed.length === 0) {
    const message = 'The configuration gives no preview to forks ("forks: never").'
    return { code: 'forks-never', message }
  }
  return withManifests(world, pullRequest, allowed)
}

function openPullRequest({ offers, words }: World, number: number): SourcePullRequest | Reason {
  const found = offers.pullRequests.items.find((each) => each.number === number)
  if (found !== undefined) return found
  const what = `${words.changeRequest} ${number}`
  if (offers.pullRequests.complete) {
    const message = `There is no open ${what}: reopen it, and its preview comes back as the configuration says.`
    return { code: 'not-open', message }
  }
  const message = `Not all ${words.changeRequest}s could be read, and ${what} is none of those; try again later.`
  return { code: 'listing-incomplete', message }
}

/** Nothing is written into manifests that let the source change nothing, nor told of them (requirement 13). */
function withManifests(
  world: World,
  pullRequest: SourcePullRequest,
  having: readonly { app: App; previews: Previews }[],
): PreviewSubject | Reason {
  const { source } = world
  const apps = having.flatMap(({ app, previews }): PreviewApp[] => {
    const manifests = manifestsOf(world, previews)
    if (manifests.snapshot === null || !manifests.policy.ok) return []
    const stranger = refusesSource(manifests.policy.value, source.repository, previews.manifests)
    return stranger === null ? [{ app, previews, manifests: manifests.snapshot.repository }] : []
  })
  if (apps.length > 0) return { pullRequest, apps }
  const message = `The manifest repository lets ${source.repository.path} change nothing, or could not be read; see the report on the default branch.`
  return { code: 'manifests-closed', message }
}

/** Those whose manifests are in one repository, together. */
export function byManifests(apps: readonly PreviewApp[]): PreviewApp[][] {
  const groups: PreviewApp[][] = []
  for (const each of apps) {
    const group = groups.find(([first]) => first && sameRepository(first.manifests, each.manifests))
    if (group === undefined) groups.push([each])
    else group.push(each)
  }
  return groups
}
