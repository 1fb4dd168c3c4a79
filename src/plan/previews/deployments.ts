import type { DeploymentPlace, DeploymentWish } from '../../forge/feedback.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Action } from '../action.ts'
import type { PreviewTold } from '../explain/comment.ts'
import { type CommentMemory, readMemory } from '../explain/comment-memory.ts'
import { tell } from '../tell.ts'
import type { World } from '../world.ts'
import { denied as deniedOf, digestOf, isDenied, isRemembered } from './remembered.ts'
import type { ToldPullRequest } from './told.ts'

/** What became of the actions of `previewDeployments` and `previewStatuses`. What is in neither failed, and is tried again. */
export interface DeploymentsDone {
  applied: readonly Action[]
  /** The forge does not let the bot: these are not tried again before there is another commit. */
  denied: readonly Action[]
}

export const NOTHING_SHOWN: DeploymentsDone = { applied: [], denied: [] }

/** By app: what its pull request's comment remembers as shown; null where that is nothing. */
export type Shown = Readonly<Record<string, string | null>>

/** Other states leave what is shown as it is, or end it. */
const SHOWN_AS: Partial<Record<PreviewTold['state'], DeploymentWish['state']>> = {
  'in-git': 'success',
  deploying: 'running',
  ready: 'success',
  silent: 'failure',
}

/**
 * Shows on the forge where each preview is, and ends what is not there any more. The comment remembers what was shown, so
 * that nothing has to be asked.
 */
export function previewDeployments(world: World, told: readonly ToldPullRequest[]): Action[] {
  const { repository, archived } = world.source
  if (archived) return []
  return told.flatMap(({ pullRequest, previews }) => {
    const before = readMemory(pullRequest.comment?.body ?? '')
    const wishes = previews.flatMap((preview) => wishOf(world, pullRequest, preview))
    const shows = wishes
      .filter((wish) => !isRemembered(before[wish.app]?.shown ?? null, digest(wish)))
      .map(({ app, ...wish }): Action => {
        const reason = tell(`the preview ${app}/${wish.slot} is at ${wish.url}`)
        return { kind: 'show-deployment', repository, target: null, reason, wish }
      })
    const kept = previews.filter((each) => isWanted(world, each.app) && !isOver(each)).map(({ app }) => app)
    const ends = Object.entries(before)
      .filter(([app, { shown }]) => shown !== null && !isDenied(shown) && !kept.includes(app))
      .map(([app]): Action => {
        const place = placeOf(app, pullRequest)
        const reason = tell(`the preview ${app}/${place.slot} is not there any more`)
        return { kind: 'end-deployment', repository, target: null, reason, place }
      })
    return [...shows, ...ends]
  })
}

/** What the comment remembers once the actions were tried. */
export function shownAfter(
  pullRequest: SourcePullRequest,
  previews: readonly PreviewTold[],
  before: CommentMemory,
  { applied, denied }: DeploymentsDone,
): Shown {
  return Object.fromEntries(
    previews.map(({ app }) => {
      const place = placeOf(app, pullRequest)
      const mine = (actions: readonly Action[]) => actions.find((action) => concerns(action, place))
      const [done, refused] = [mine(applied), mine(denied)]
      if (done?.kind === 'show-deployment') return [app, digest(done.wish)]
      if (done?.kind === 'end-deployment') return [app, null]
      if (refused?.kind === 'show-deployment') return [app, deniedOf(digest(refused.wish))]
      return [app, before[app]?.shown ?? null]
    }),
  )
}

function wishOf(
  world: World,
  pullRequest: SourcePullRequest,
  { app, preview, state }: PreviewTold,
): (DeploymentWish & { app: string })[] {
  const { head: commit, branch, url } = preview
  const shown = SHOWN_AS[state]
  if (shown === undefined || url === null || !isWanted(world, app)) return []
  return [{ app, ...placeOf(app, pullRequest), commit, branch, state: shown, url }]
}

function isWanted({ config }: World, name: string): boolean {
  return config.apps.some((app) => app.name === name && app.previews?.deployments === true)
}

function isOver({ state }: PreviewTold): boolean {
  return ['expired', 'queued', 'down', 'withdrawn', 'sleeping'].includes(state)
}

function placeOf(app: string, { number }: SourcePullRequest): DeploymentPlace {
  return { environment: `preview-${app}`, slot: `pr-${number}` }
}

function concerns(action: Action, { environment, slot }: DeploymentPlace): boolean {
  const place =
    action.kind === 'show-deployment' ? action.wish : action.kind === 'end-deployment' ? action.place : null
  return place?.environment === environment && place.slot === slot
}

function digest({ commit, state, url }: DeploymentWish): string {
  return digestOf(commit, state, url)
}
