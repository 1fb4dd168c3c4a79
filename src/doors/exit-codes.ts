/**
 * How a process of ours ends, by the numbers of sysexits(3) where there is one. 128 + n: ended by signal n before
 * it could stop in order.
 */
export const EXIT = {
  /** Stopped in order. */
  stopped: 0,
  /** A fault of ours, or work that could not be ended in time. */
  failed: 1,
  /** Something it needs is not there: the port, the database, the data directory. Starting again may help. */
  unavailable: 69,
  /** The environment or the arguments are wrong: starting again does not help. */
  configuration: 78,
} as const
