import { Agent, fetch as undiciFetch } from 'undici'

/**
 * A fetch that also trusts the certificates of `ca`. The runtime's own fetch takes no certificates, and takes
 * dispatchers of its own copy of undici only: hence undici's fetch with undici's agent.
 */
export function fetchTrusting(ca: string): typeof fetch {
  const dispatcher = new Agent({ connect: { ca } })
  return (async (input: string | URL, init: Parameters<typeof undiciFetch>[1]) =>
    await undiciFetch(input, { ...init, dispatcher })) as unknown as typeof fetch
}
