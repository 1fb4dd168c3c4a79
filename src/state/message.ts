import { plainLine, readTrailers, trailers } from '../domain/commit-message.ts'
import type { Said } from './state.ts'

/** Which command of which comment said it. */
export interface CommandPlace {
  url: string
  /** From 1. */
  place: number
}

/**
 * The message of a commit on the state branch: what was said, who said it and why, and where.
 * @param what such as `Lock web/production`
 * @param command null where no command said it
 */
export function stateMessage(
  what: string,
  { by, reason, url }: Said,
  command: CommandPlace | null = null,
): string {
  const who = plainLine(by)
  const why = reason === null ? '' : plainLine(reason, 500)
  return [
    plainLine(what),
    why === '' ? `${who} asked for it.` : `${who} asked for it: ${why}`,
    trailers([
      ['Supercargo-Asked-By', who],
      ['Supercargo-Comment', url ?? ''],
      ['Supercargo-Command', command === null ? '' : String(command.place)],
    ]),
  ].join('\n\n')
}

/** Whether one of these messages is of this command: then it was carried out, whatever was said since. */
export function wasSaid(messages: readonly string[], { url, place }: CommandPlace): boolean {
  return messages.some(
    (message) =>
      readTrailers(message, 'Supercargo-Comment').includes(url) &&
      readTrailers(message, 'Supercargo-Command').includes(String(place)),
  )
}
