import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSourceConfig } from '../../src/config/source.ts'

const SOURCE = { forge: 'github', path: 'acme/web' }

function read(environments: string) {
  const text = `manifests: acme/k8s\nimage: ghcr.io/acme/web\nenvironments:\n${environments}`
  return readSourceConfig('.supercargo.yml', text, SOURCE)
}

function problems(environments: string): string[] {
  const result = read(environments)
  return result.ok ? [] : result.problems.map(({ line, code, message }) => `${line} ${code} ${message}`)
}

test('an environment that follows another one has its rule, and its tags unless it says its own', () => {
  const result = read(`  staging: { follow: branch main, path: a, tag: "main-{sha:7}" }
  qa: { follow: environment staging, path: b, tag: "qa-{sha}" }
  production: { follow: environment staging, path: c }
  europe: { follow: environment production, path: d }
`)
  assert.ok(result.ok)
  const shown = result.value.apps[0]?.environments.map(({ name, follow, upstream, tag }) => [
    name,
    follow,
    upstream,
    tag.source,
  ])
  const main = { kind: 'branch', branch: 'main' }
  assert.deepEqual(shown, [
    ['staging', main, null, 'main-{sha:7}'],
    ['qa', main, 'staging', 'qa-{sha}'],
    ['production', main, 'staging', 'main-{sha:7}'],
    ['europe', main, 'production', 'main-{sha:7}'],
  ])
})

test('who follows nobody that has a rule is told so', () => {
  assert.deepEqual(
    problems('  a: { follow: environment b, path: a }\n  b: { follow: environment a, path: b }\n'),
    [
      '4 conflict a follows b follows a: none of them has a rule of its own.',
      '5 conflict b follows a follows b: none of them has a rule of its own.',
    ],
  )
  assert.deepEqual(problems('  a: { follow: environment a, path: a }\n'), [
    '4 conflict a follows a: none of them has a rule of its own.',
  ])
  assert.deepEqual(
    problems('  staging: { follow: branch main, path: a }\n  b: { follow: environment stagin, path: b }\n'),
    ['5 unknown-environment There is no environment "stagin".'],
  )
  const digest = '  a: { follow: registry digest latest, path: a }\n  b: { follow: environment a, path: b }\n'
  assert.match(problems(digest).join(), /^5 conflict a follows the digests of one tag/)
})
