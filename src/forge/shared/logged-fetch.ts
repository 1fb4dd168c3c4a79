import type { Log } from './log.ts'

/** A fetch that tells the log of every answer, without queries, headers and bodies: those may hold secrets. */
export function loggedFetch(log: Log, transport: typeof fetch = fetch): typeof fetch {
  return async (input, init = {}) => {
    const response = await transport(input, init)
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    log.debug(
      { method: init.method ?? 'GET', path: pathname, status: response.status },
      'The forge answered.',
    )
    return response
  }
}
