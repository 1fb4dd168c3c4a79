import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

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
export function cosign(directory: string, ...words: string[]): string {
  const environment = {
    PATH: process.env.PATH,
    HOME: directory,
    COSIGN_PASSWORD: '',
    COSIGN_EXPERIMENTAL: '1',
    // cosign asks TUF for a trust root even where it needs none; it goes on without an answer
    HTTPS_PROXY: 'http://127.0.0.1:9',
  }
  const { status, stdout, stderr } = spawnSync(findCosign() ?? 'cosign', words, {
    cwd: directory,
    env: environment,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`cosign ${words.join(' ')}: ${stderr}`)
  return stdout
}

/** Makes a private key (PEM) one of cosign's, and gives the name under which `cosign sign --key` takes it. */
export function importKey(directory: string, name: string, pem: string): string {
  writeFileSync(join(directory, `${name}.pem`), pem)
  cosign(directory, 'import-key-pair', '-y', '--key', `${name}.pem`, '--output-key-prefix', name)
  return `${name}.key`
}
