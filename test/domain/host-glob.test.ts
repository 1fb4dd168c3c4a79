import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostMatches, isHostGlob } from '../../src/domain/host-glob.ts'

test('a pattern over hosts is a name whose last two parts are written out, with or without a port', () => {
  for (const glob of ['*.preview.acme.dev', 'pr-*.acme.dev', 'acme.dev:8443', 'localhost', '127.0.0.1:9000'])
    assert.ok(isHostGlob(glob), glob)
  for (const glob of [
    '*',
    '*.dev',
    '*.*',
    'a.*.dev',
    '**',
    '',
    'a..dev',
    '.acme.dev',
    'https://acme.dev',
    'a b.acme.dev',
    'a.acme.dev/x',
    'a@b.acme.dev',
    '[::1]',
  ])
    assert.ok(!isHostGlob(glob), glob)
})

test('a star stands for any parts before those that are written out, and a port for itself alone', () => {
  const matches = (glob: string, url: string) => hostMatches(glob, new URL(url))
  assert.ok(matches('*.preview.acme.dev', 'https://pr-12.web.preview.acme.dev/x'))
  assert.ok(matches('*.preview.acme.dev', 'HTTPS://PR-1.preview.acme.dev:443'))
  assert.ok(matches('pr-*.acme.dev:8443', 'https://pr-1.acme.dev:8443'))
  assert.ok(!matches('pr-*.acme.dev:8443', 'https://pr-1.acme.dev'))
  assert.ok(!matches('*.preview.acme.dev', 'https://preview.acme.dev'))
  assert.ok(!matches('*.preview.acme.dev', 'https://xpreview.acme.dev'))
  assert.ok(!matches('*.preview.acme.dev', 'https://a.preview.acme.dev.evil.example'))
  assert.ok(!matches('*.preview.acme.dev', 'https://a.preview.acme.dev:8443'))
})
