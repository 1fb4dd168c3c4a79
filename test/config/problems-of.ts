import { generateKeyPairSync } from 'node:crypto'
import type { Problem, Read } from '../../src/config/model.ts'
import { readPolicy } from '../../src/config/policy.ts'
import { readSourceConfig } from '../../src/config/source.ts'

export const SOURCE = { forge: 'github', path: 'acme/web' }
/** Of a key that nobody has the other half of. */
export const KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({
  type: 'spki',
  format: 'pem',
}) as string

export const MANIFESTS = { forge: 'github', path: 'acme/k8s-manifests' }

/** `3:5 unknown-key`, for each problem of an application repository's file. */
export function sourceProblems(text: string): string[] {
  return codes(readSourceConfig('.supercargo.yml', text, SOURCE))
}

/** The same of a policy. */
export function policyProblems(text: string): string[] {
  return codes(readPolicy('.supercargo/policy.yml', text, MANIFESTS))
}

/** All problems, whole. */
export function problemsOf(text: string): Problem[] {
  const read = readSourceConfig('.supercargo.yml', text, SOURCE)
  return read.ok ? [] : read.problems
}

function codes(read: Read<unknown>): string[] {
  return read.ok ? [] : read.problems.map(({ line, column, code }) => `${line}:${column} ${code}`)
}
