/** How the workers of several replicas watch each other, in milliseconds. Tests shorten them. */
export interface Timings {
  /** Between two signs of life. */
  beat: number
  /** A worker that could not give one for so long while it works ends its process. */
  fence: number
  /** What a worker holds that gave none for so long is freed: later than the fence, so never too early. */
  silent: number
  /** Between two looks for work that no notification announced: timers, and what others gave back. */
  poll: number
  /** A worker that was told to end, and has no job any more, but does not end within this time, ends its process. */
  end: number
}

export const TIMINGS: Timings = { beat: 5000, fence: 15_000, silent: 18_000, poll: 1000, end: 45_000 }
