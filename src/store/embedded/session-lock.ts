import { AsyncLocalStorage } from 'node:async_hooks'

interface Hold {
  open: boolean
}

/** The one session of an embedded database: whoever has it runs its statements, the others wait in order. */
export interface SessionLock {
  /**
   * Waits for the session, in the order of the calls, and returns what gives it back.
   * @throws Error at once when the caller is inside of a transaction, where it would wait for itself
   */
  take(): Promise<() => void>
  /** The same, and the caller's own later calls count as inside of the transaction until it is given back. */
  takeForTransaction(): Promise<() => void>
}

export function createSessionLock(): SessionLock {
  const context = new AsyncLocalStorage<Hold>()
  let last = Promise.resolve()

  const refuseInside = (): void => {
    if (context.getStore()?.open !== true) return
    throw new Error(
      'The embedded database was asked for another connection inside of a transaction; it has only one session.',
    )
  }
  const enqueue = (): Promise<() => void> => {
    let free: () => void = () => undefined
    const before = last
    last = new Promise((resolve) => {
      free = resolve
    })
    return before.then(() => free)
  }

  return {
    async take() {
      refuseInside()
      return enqueue()
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
      return enqueue().then((free) => () => {
        hold.open = false
        free()
      })
    },
  }
}
