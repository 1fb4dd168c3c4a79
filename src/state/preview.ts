import type { Oid } from '../domain/commit.ts'
import type { PreviewState, Said } from './state.ts'

/** What a person may say about the preview of a pull request. */
export type PreviewWord =
  /** `commit`: of a fork, which may be shown from now on. */
  | { is: 'up'; commit: Oid | null }
  /** `seconds` null: the configuration's `ttl`. */
  | { is: 'extend'; seconds: number | null }
  | { is: 'down' | 'pin' | 'unpin' }

export const NOTHING_SAID_OF_IT: PreviewState = { wanted: null, approved: null, pinned: null, extended: null }

/**
 * What is said of a preview after somebody has said something more; null: nothing. Whoever takes one away means all that
 * was said before; whoever does not pin it any more lets its time begin anew, so that it does not go at once.
 */
export function afterWord(before: PreviewState, word: PreviewWord, said: Said): PreviewState | null {
  const after = apply(before, word, said)
  return Object.values(after).every((each) => each === null) ? null : after
}

function apply(before: PreviewState, word: PreviewWord, said: Said): PreviewState {
  switch (word.is) {
    case 'up': {
      const approved = word.commit === null ? before.approved : { commit: word.commit, ...said }
      return { ...before, wanted: { is: 'up', ...said }, approved }
    }
    case 'down':
      return { ...NOTHING_SAID_OF_IT, wanted: { is: 'down', ...said } }
    case 'extend':
      return { ...before, extended: { seconds: word.seconds, ...said } }
    case 'pin':
      return { ...before, pinned: said }
    case 'unpin':
      return before.pinned === null
        ? before
        : { ...before, pinned: null, extended: { seconds: null, ...said } }
  }
}
