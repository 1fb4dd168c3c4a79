import { plainLine, trailers } from '../domain/commit-message.ts'
import type { Said } from './state.ts'

/**
 * The message of a commit on the state branch: what was said, who said it and why, and where.
 * @param what such as `Lock web/production`
 */
export function stateMessage(what: string, { by, reason, url }: Said): string {
  const who = plainLine(by)
  const why = reason === null ? '' : plainLine(reason, 500)
  return [
    plainLine(what),
    why === '' ? `${who} asked for it.` : `${who} asked for it: ${why}`,
    trailers([
      ['Supercargo-Asked-By', who],
      ['Supercargo-Comment', url ?? ''],
    ]),
  ].join('\n\n')
}
