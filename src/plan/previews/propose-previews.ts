import { createHash } from 'node:crypto'
import type { Decision } from '../../config/consent.ts'
import { changeRequestBranch } from '../../domain/names.ts'
import { repositoryKey } from '../../domain/repository.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { FileChange } from '../../forge/forge.ts'
import type { Standing } from '../action.ts'
import type { Proposal } from '../change-requests/proposal.ts'
import type { World } from '../world.ts'

interface Findings {
  changes: FileChange[]
  decision: Extract<Decision, { allowed: true }>
  counts: { from: string; to: string }
  words: Vocabulary
  story: { title: string; body(): string; message: string }
}

/** All changes of an app's previews as one proposal. */
export function proposePreviews(
  world: World,
  { app, target }: { app: string; target: string },
  { changes, decision, counts, words, story }: Findings,
): Proposal {
  return {
    target: `${app}/${target}`,
    branch: changeRequestBranch(app, target),
    others: [],
    words,
    ...(decision.reviewers === undefined ? {} : { reviewers: decision.reviewers }),
    block: {
      source: repositoryKey(world.source.repository),
      sourceId: world.source.id,
      app,
      target,
      version: createHash('sha256').update(JSON.stringify(changes)).digest('hex').slice(0, 12),
      commit: null,
    },
    ...counts,
    changes,
    edits: [],
    reason: { code: 'previews-differ', message: `${story.title}.` },
    withdrawn: null,
    heldBack: null,
    merge: decision.merge === 'direct' ? 'review' : decision.merge,
    ...story,
  }
}

/** How previews stand that a direct commit of this pass changes. */
export function changing({ target, reason, from, to }: Proposal): Standing {
  return { target, state: 'changing', reason, from, to, url: null }
}

/** `1 preview`, `2 previews`. */
export function counted(count: number): string {
  return `${count} preview${count === 1 ? '' : 's'}`
}
