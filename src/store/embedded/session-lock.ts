import { AsyncLocalStorage } from 'node:async_hooks'

interface Hold {
  open: boolean
}

/** The one session of an embedded database: whoever has it runs its statements, the others wait in order. */
export interface SessionLock {
  /**
   * Waits for the session, in the order of the calls, and returns what gives it back. Urgent callers come
   * before all others.
   * @throws Error at once when the caller is inside of a transaction, where it would wait for itself
   */
  take(urgent?: boolean): Promise<() => void>
  /** The same, and the caller's own later calls count as inside of the transaction until it is given back. */
  takeForTransaction(): Promise<() => void>
}

export function createSessionLock(): SessionLock {
  const context = new AsyncLocalStorage<Hold>()
  const urgentOnes: (() => void)[] = []
  const others: (() => void)[] = []
  let taken = false

  const next = (): void => {
    const begin = urgentOnes.shift() ?? others.shift()
    if (begin === undefined) taken = false
    else begin()
  }
  // Statements run inside of this process and block it; between two of them it answers requests.
  const free = (): void => void setImmediate(next)

  const refuseInside = (): void => {
    if (context.getStore()?.open !== true) return
    throw new Error(
      'The embedded database was asked for another connection inside of a transaction; it has only one session.',
    )
  }
  const wait = (queue: (() => void)[]): Promise<() => void> => {
    if (!taken) {
      taken = true
      return Promise.resolve(free)
    }
    return new Promise((resolve) => queue.push(() => resolve(free)))
  }

  return {
    async take(urgent = false) {
      refuseInside()
      return wait(urgent ? urgentOnes : others)
    },
    // Not async: enterWith must run in the caller's own context.
    takeForTransaction() {
      try {
        refuseInside()
      } catch (error) {
        return Promise.reject(error)
      }
      const hold: Hold = { open: true }
      context.enterWith(hold)
      return wait(others).then((give) => () => {
        hold.open = false
        give()
      })
    },
  }
}
