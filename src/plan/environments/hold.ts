import type { Frozen } from '../../config/freeze.ts'
import { repositoryKey } from '../../domain/repository.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'
import type { Lock } from '../../state/state.ts'
import type { Action, Reason } from '../action.ts'
import { readBlock, sameOwner } from '../change-requests/block.ts'
import { withNote } from '../change-requests/note.ts'
import { sameBody } from '../change-requests/same-body.ts'
import { freezeSentence, lockSentence } from '../explain/lock.ts'
import type { World } from '../world.ts'
import type { TargetPlan } from './target-plan.ts'

/** Why an environment is left as it is, whatever its rule says. */
export interface Hold {
  /** Says who, since when and why. */
  reason: Reason
  /** Null: until somebody ends it. */
  until: Date | null
}

/** What keeps an environment where it is now; a lock with a version does not, for it moves it there. */
export function holdOf(
  target: string,
  { lock, frozen }: { lock: Lock | null; frozen: Frozen | null },
): Hold | null {
  if (lock?.pin != null) return null
  if (lock !== null) {
    return {
      reason: { code: 'locked', message: lockSentence(target, lock) },
      until: lock.until === null ? null : new Date(lock.until),
    }
  }
  if (frozen === null) return null
  const reason = { code: 'frozen', message: freezeSentence(target, frozen) }
  return { reason, until: new Date(frozen.until) }
}

/** Nothing is done of what was planned; an open change request stays as it is, and says why. */
export function holdStill(
  planned: TargetPlan,
  { reason, until }: Hold,
  open: readonly OpenRequest[],
): TargetPlan {
  const { standing } = planned
  return {
    ...planned,
    actions: open.flatMap((each) => described(each, standing.target, reason, reason.message)),
    direct: null,
    soon: false,
    until,
    standing:
      standing.state === 'refused'
        ? standing
        : { ...standing, state: 'held', reason, url: open[0]?.url ?? standing.url },
  }
}

/** Takes away what a hold that is over has left in change requests that the plan does not touch otherwise. */
export function withoutOldNotes(planned: TargetPlan, open: readonly OpenRequest[]): TargetPlan {
  const reason = { code: 'lock-over', message: 'Nothing holds it any more.' }
  const untouched = open.filter(
    ({ number, isOurs }) => isOurs && !planned.actions.some((action) => numberOf(action) === number),
  )
  const actions = untouched.flatMap((each) => described(each, planned.standing.target, reason, null))
  return actions.length === 0 ? planned : { ...planned, actions: [...actions, ...planned.actions] }
}

/** A change request of an environment, with what is needed to say something in it. */
interface OpenRequest {
  repository: ManifestSnapshot['repository']
  number: number
  url: string
  title: string
  body: string
  /** Nobody else has committed to its branch. */
  isOurs: boolean
}

/** The open change requests that the bot has made for an environment, of whatever version. */
export function openRequests(
  { source }: World,
  snapshot: ManifestSnapshot,
  [app, target]: [app: string, environment: string],
): OpenRequest[] {
  const owner = { source: repositoryKey(source.repository), sourceId: source.id, app, target }
  return Object.values(snapshot.changeRequests).flatMap(({ open, branch }) => {
    const block = open?.ours === true ? readBlock(open.body) : null
    if (open === null || block === null || !sameOwner(block, owner)) return []
    const { number, url, title, body } = open
    return [{ repository: snapshot.repository, number, url, title, body, isOurs: branch?.ours !== false }]
  })
}

function described(
  { repository, number, title, body: before }: OpenRequest,
  target: string,
  reason: Reason,
  note: string | null,
): Action[] {
  const body = withNote(before, note)
  if (sameBody(body, before)) return []
  return [{ kind: 'describe-change-request', repository, target, reason, number, title, body }]
}

function numberOf(action: Action): number | null {
  if (action.kind === 'describe-change-request') return action.number
  const { wish } = 'wish' in action ? action : { wish: null }
  return wish !== null && 'number' in wish ? wish.number : null
}
