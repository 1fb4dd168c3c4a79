/**
 * What the design knows and this version does not. Each is refused, so that nobody relies on a gate, a window
 * or a limit that does not exist; the text says what happens without it.
 */
export const LATER_KEYS: Record<string, string> = {
  onFailure: 'Remove it: this version does not watch how a rollout ends.',
}

/** The same of the keys of `gates`. */
export const LATER_GATES: Record<string, string> = {
  soak: 'Remove it: this version does not wait for a time, so let people review instead.',
  reports: 'Remove it: this version does not read what engines report, so let people review instead.',
  checks: 'Remove it, or write "checks" beside "gates" and "ready: both" for the checks of the commit.',
  window: 'Remove it: this version makes changes at any time, so let people review instead.',
}
