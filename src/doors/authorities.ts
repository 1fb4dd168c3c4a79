import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Complain } from './setting-problem.ts'

/** PEM of the certificate authorities in a file; null without one, and where there is a problem. */
export function readAuthorities(
  variable: string,
  path: string | undefined,
  complain: Complain,
): string | null {
  if (path === undefined) return null
  try {
    const pem = readFileSync(path, 'utf8')
    new X509Certificate(pem)
    return pem
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = /^E[A-Z]+$/.test(code) ? `cannot be read (${code})` : 'does not hold a certificate'
    complain(variable, `${path} ${why}.`, 'Name a file with the certificate of your authority in PEM.')
    return null
  }
}
