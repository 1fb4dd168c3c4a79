import { createHash } from 'node:crypto'

/** Begins what the forge did not let the bot show. */
const DENIED = '!'

/** What a comment remembers of something that was shown, by all that it depends on. */
export function digestOf(...parts: readonly (string | null)[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16)
}

/** What it remembers of something that the forge did not let the bot show, so that it is not tried again. */
export function denied(digest: string): string {
  return `${DENIED}${digest}`
}

export function isDenied(remembered: string): boolean {
  return remembered.startsWith(DENIED)
}

/** Whether something was shown, or tried, before. */
export function isRemembered(remembered: string | null, digest: string): boolean {
  return remembered === digest || remembered === denied(digest)
}
