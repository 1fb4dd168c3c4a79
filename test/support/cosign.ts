import { execFile, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const CACHED = resolve(import.meta.dirname, '../../.cache/cosign/usr/bin/cosign')

/** The program: on the path, or where `test/support/install-cosign.sh` puts it; null where there is none. */
function findCosign(): string | null {
  const works = (program: string) => spawnSync(program, ['version']).status === 0
  return ['cosign', CACHED].find(works) ?? null
}

/** The reason to skip a test, or false: what node:test takes as `skip`. */
export function skipWithoutCosign(): string | false {
  return findCosign() === null
    ? 'cosign is not installed; run test/support/install-cosign.sh (needs Debian or Ubuntu)'
    : false
}

/** cosign with a directory for its keys, whose passwords are empty. Throws what it says when it fails. */
export async function cosign(directory: string, ...words: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: directory, COSIGN_PASSWORD: '', COSIGN_EXPERIMENTAL: '1' }
  // Not at once: a registry that it asks may be one of this very process.
  const { stdout } = await promisify(execFile)(findCosign() ?? 'cosign', words, {
    cwd: directory,
    env,
    timeout: 60_000,
  })
  return stdout
}

/** Makes a private key (PEM) one of cosign's, and gives the name under which `cosign sign --key` takes it. */
export async function importKey(directory: string, name: string, pem: string): Promise<string> {
  writeFileSync(join(directory, `${name}.pem`), pem)
  await cosign(directory, 'import-key-pair', '-y', '--key', `${name}.pem`, '--output-key-prefix', name)
  return `${name}.key`
}
