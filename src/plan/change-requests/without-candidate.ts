import { BRANCH_PREFIX } from '../../domain/names.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'
import type { Action, Waiting } from '../action.ts'
import { readBlock, sameOwner } from './block.ts'
import type { Proposal } from './proposal.ts'
import { closing } from './settle.ts'
import { unready } from './unready.ts'

/** An environment that has no version to go to now. */
export interface WithoutCandidate {
  target: string
  /** Whose change requests are meant. */
  owner: Pick<Proposal['block'], 'source' | 'sourceId' | 'app' | 'target'>
  /** Versions that are not ready. */
  waiting: readonly Waiting[]
  snapshot: ManifestSnapshot
  /** Whether the policy lets the bot use a branch that the team has named. */
  consents(branch: string): boolean
}

/**
 * What becomes of its open change requests: those of a version that must not be merged any more are closed, the others
 * are left as they are. `url`: of one that stays open.
 */
export function withoutCandidate({ target, owner, waiting, snapshot, consents }: WithoutCandidate): {
  actions: Action[]
  url: string | null
} {
  const actions: Action[] = []
  let url: string | null = null
  for (const [branch, state] of Object.entries(snapshot.changeRequests)) {
    const { open } = state
    const block = open?.ours === true ? readBlock(open.body) : null
    if (open === null || block === null || !sameOwner(block, owner)) continue
    const isTheirs = state.branch !== null && !state.branch.ours
    const why = isTheirs ? null : unready({ waiting }, open)
    const wish = branch.startsWith(BRANCH_PREFIX)
      ? { branch }
      : consents(branch)
        ? { branch, consented: true as const }
        : null
    if (why === null || why.passing || wish === null) {
      url = open.url
      continue
    }
    const { repository } = snapshot
    actions.push({ repository, target, reason: why.reason, ...closing(wish, open, why.reason) })
  }
  return { actions, url }
}
