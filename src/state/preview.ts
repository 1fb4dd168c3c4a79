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
 * @param ttl the configuration's, in seconds; null: there is none
 */
export function afterWord(
  before: PreviewState,
  word: PreviewWord,
  said: Said,
  ttl: number | null,
): PreviewState | null {
  const after = apply(before, word, said, ttl)
  return Object.values(after).every((each) => each === null) ? null : after
}

function apply(before: PreviewState, word: PreviewWord, said: Said, ttl: number | null): PreviewState {
  switch (word.is) {
    case 'up': {
      const approved = word.commit === null ? before.approved : { commit: word.commit, ...said }
      return { ...before, wanted: { is: 'up', ...said }, approved }
    }
    case 'down':
      return { ...NOTHING_SAID_OF_IT, wanted: { is: 'down', ...said } }
    case 'extend':
      return { ...before, extended: extended(before, word.seconds, said, ttl) }
    case 'pin':
      return { ...before, pinned: said }
    case 'unpin':
      return before.pinned === null
        ? before
        : { ...before, pinned: null, extended: extended(before, null, said, ttl) }
  }
}

/** Nobody takes away the time that somebody has given before. */
function extended(
  { extended: given }: PreviewState,
  seconds: number | null,
  said: Said,
  ttl: number | null,
): PreviewState['extended'] {
  const end = given === null ? 0 : Date.parse(given.at) + (given.seconds ?? ttl ?? 0) * 1000
  const left = Math.ceil((end - Date.parse(said.at)) / 1000)
  return { seconds: left > (seconds ?? ttl ?? 0) ? left : seconds, ...said }
}
