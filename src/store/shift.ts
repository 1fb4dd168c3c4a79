/** What the jobs of one worker know about how long they may go on. */
export interface Shift {
  /** Aborted when the process must stop before a job has ended. */
  signal: AbortSignal
  /** No new work is begun. */
  stopping(): boolean
  /** The locks were given back or taken over: nothing that still runs may write any more. */
  gone(): boolean
}

/** Foreign text as PostgreSQL takes it: without NUL. */
export function cleanText(text: string): string {
  return text.replaceAll('\0', '')
}

/** The text of an error that is kept for people: its message, and where a bug came from. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return cleanText(String(error)).slice(0, 4000)
  const text = 'code' in error && 'kind' in error ? error.message : (error.stack ?? error.message)
  return cleanText(text || error.name).slice(0, 4000)
}
