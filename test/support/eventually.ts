import { setTimeout as sleep } from 'node:timers/promises'

/** Polls until the probe gives something, and gives that; fails after the deadline. */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  milliseconds = 15_000,
): Promise<Exclude<T, null | undefined | false>> {
  const deadline = Date.now() + milliseconds
  for (;;) {
    const found = await probe()
    if (found !== undefined && found !== null && found !== false) {
      return found as Exclude<T, null | undefined | false>
    }
    if (Date.now() > deadline) throw new Error(`It did not happen within ${milliseconds} ms: ${what}`)
    await sleep(10)
  }
}
