import type { StatusWish } from '../../forge/feedback.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Action } from '../action.ts'
import type { PreviewTold } from '../explain/comment.ts'
import { type CommentMemory, readMemory } from '../explain/comment-memory.ts'
import { tell } from '../tell.ts'
import type { World } from '../world.ts'
import type { DeploymentsDone, Shown } from './deployments.ts'
import { denied as deniedOf, digestOf, isRemembered } from './remembered.ts'
import type { ToldPullRequest } from './told.ts'

/**
 * Says on the head of each pull request how the preview of that commit is, once it is there or has failed. The comment
 * remembers what was said last.
 */
export function previewStatuses(world: World, told: readonly ToldPullRequest[]): Action[] {
  const { repository, archived } = world.source
  if (archived) return []
  return told.flatMap(({ pullRequest, previews }) => {
    const before = readMemory(pullRequest.comment?.body ?? '')
    return previews.flatMap((preview): Action[] => {
      const wish = wishOf(world, preview)
      if (wish === null || isRemembered(before[preview.app]?.status ?? null, digest(wish))) return []
      return [{ kind: 'status', repository, target: null, reason: tell(wish.title), wish }]
    })
  })
}

/** What the comment remembers once the actions were tried. */
export function statusesAfter(
  pullRequest: SourcePullRequest,
  previews: readonly PreviewTold[],
  before: CommentMemory,
  { applied, denied }: DeploymentsDone,
): Shown {
  const mine = (actions: readonly Action[], app: string) =>
    actions.flatMap((action) =>
      action.kind === 'status' && action.wish.name === nameOf(app) && action.wish.commit === pullRequest.head
        ? [digest(action.wish)]
        : [],
    )[0]
  return Object.fromEntries(
    previews.map(({ app }) => {
      const refused = mine(denied, app)
      const said = mine(applied, app) ?? (refused === undefined ? undefined : deniedOf(refused))
      return [app, said ?? before[app]?.status ?? null]
    }),
  )
}

function wishOf(
  { config }: World,
  { app, preview, state, reason, confidential }: PreviewTold,
): StatusWish | null {
  if (config.apps.find(({ name }) => name === app)?.previews?.status !== true) return null
  const { head: commit, branch, url } = preview
  const why = confidential ? (reason?.code ?? '') : (reason?.message ?? '')
  const say = (conclusion: StatusWish['conclusion'], words: string): StatusWish => ({
    commit,
    branch,
    name: nameOf(app),
    conclusion,
    title: `The preview of ${app} ${words}`,
    url: conclusion === 'success' ? url : null,
  })
  switch (state) {
    case 'in-git':
      return say('success', 'is deployed to Git.')
    case 'ready':
      return say('success', 'is ready.')
    case 'silent':
      return say('failure', `does not answer: ${why}`)
    case 'refused':
      return say('failure', `is refused: ${why}`)
    default:
      return null
  }
}

function nameOf(app: string): string {
  return `supercargo/preview-${app}`
}

function digest({ commit, conclusion, title }: StatusWish): string {
  return digestOf(commit, conclusion, title)
}
