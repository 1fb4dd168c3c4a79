import type { IncomingMessage } from 'node:http'

const LOCAL_NAME = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i

/** What proxies add; a request that came through one comes from somewhere else. */
const PROXY_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

/**
 * Whether a request that arrived on loopback also asks for this machine by a local name. It does not when a
 * foreign page had its own name resolve to 127.0.0.1, or when a proxy passes strangers on.
 */
export function asksLocally(request: IncomingMessage): boolean {
  return (
    LOCAL_NAME.test(request.headers.host ?? '') &&
    PROXY_HEADERS.every((name) => request.headers[name] === undefined)
  )
}
