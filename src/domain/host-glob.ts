import { globMatches } from './glob.ts'

const HOST = /^[a-z0-9*](?:[a-z0-9.*-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?$/

/**
 * Whether a text is a pattern over hosts: `*.preview.acme.dev`, `pr-*.acme.dev:8443`. Its last two parts are written out,
 * so that nobody allows everything by a star too many.
 */
export function isHostGlob(text: string): boolean {
  const parts = text.replace(/:\d+$/, '').split('.')
  return HOST.test(text) && !parts.includes('') && parts.slice(-2).every((part) => !part.includes('*'))
}

/** Whether the host of an address is allowed by a pattern; one without a port allows the usual port only. */
export function hostMatches(glob: string, { hostname, port }: URL): boolean {
  return globMatches(glob, port === '' ? hostname : `${hostname}:${port}`)
}
