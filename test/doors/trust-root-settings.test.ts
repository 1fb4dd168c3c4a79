import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Environment, readSettings } from '../../src/doors/settings.ts'

const directory = mkdtempSync(join(tmpdir(), 'supercargo-trust-root-'))
after(() => rmSync(directory, { recursive: true }))

const file = join(directory, 'root.json')
writeFileSync(file, '{"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1"}')
const broken = join(directory, 'broken.json')
writeFileSync(broken, '{')

function read(environment: Environment) {
  return readSettings({ SUPERCARGO_DATA: directory, ...environment }, { sandbox: 'allowed' })
}

function trustRoot(environment: Environment) {
  const result = read(environment)
  assert.ok(result.ok, JSON.stringify(result))
  return result.settings.trustRoot
}

/** The variables that are complained about. */
function wrong(environment: Environment): string[] {
  const result = read(environment)
  return result.ok ? [] : result.problems.map(({ variable }) => variable)
}

test('identities are believed as the public Sigstore says, unless the operator says otherwise', () => {
  const url = 'https://tuf-repo-cdn.sigstore.dev'
  assert.deepEqual(trustRoot({}), { kind: 'tuf', url, root: null })
  assert.deepEqual(trustRoot({ SIGSTORE_TRUST_ROOT: 'none' }), { kind: 'none' })
  const offline = trustRoot({ SIGSTORE_TRUST_ROOT: file })
  assert.match(offline.kind === 'file' ? offline.text : '', /trustedroot/)
  const own = { SIGSTORE_TRUST_ROOT: 'https://tuf.example.com/', SIGSTORE_TUF_ROOT: file }
  assert.deepEqual(trustRoot(own), { kind: 'tuf', url: 'https://tuf.example.com', root: file })
})

test('a trust root that cannot be read or verified stops the start', () => {
  const unread = join(directory, 'none.json')
  assert.deepEqual(wrong({ SIGSTORE_TRUST_ROOT: unread }), ['SIGSTORE_TRUST_ROOT'])
  assert.deepEqual(wrong({ SIGSTORE_TRUST_ROOT: broken }), ['SIGSTORE_TRUST_ROOT'])
  assert.deepEqual(wrong({ SIGSTORE_TRUST_ROOT: 'http://tuf.example.com' }), ['SIGSTORE_TRUST_ROOT'])
  assert.deepEqual(wrong({ SIGSTORE_TRUST_ROOT: 'https://tuf.example.com' }), ['SIGSTORE_TUF_ROOT'])
  const own = { SIGSTORE_TRUST_ROOT: 'https://tuf.example.com', SIGSTORE_TUF_ROOT: broken }
  assert.deepEqual(wrong(own), ['SIGSTORE_TUF_ROOT'])
})
