import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redact } from '../../src/domain/redact.ts'

const SECRET = 'abcdefghijklmnopqrstuvwxyz0123456789'

test('tokens of every kind are taken out of a text', () => {
  for (const prefix of ['ghs_', 'ghp_', 'gho_', 'ghu_', 'ghr_', 'github_pat_', 'glpat-', 'gldt-', 'glrt-']) {
    assert.equal(redact(`a ${prefix}${SECRET} b`), 'a [token] b')
  }
  assert.equal(redact(`Authorization: Bearer ${SECRET}`), 'Authorization: Bearer [token]')
  assert.equal(redact(`authorization: token ${SECRET}`), 'authorization: token [token]')
  assert.equal(redact(`secret whsec_${SECRET}+/=`), 'secret [secret]')
  assert.equal(redact(`jwt eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjF9.c2lnbmF0dXJl!`), 'jwt [token]!')
})

test('URLs lose their credentials and their query, and keep the rest', () => {
  assert.equal(
    redact('GET https://x-access-token:ghs_1@example.com/a/b?access_token=1&b=2 failed'),
    'GET https://example.com/a/b?[query] failed',
  )
  assert.equal(redact('see https://example.com/a#b'), 'see https://example.com/a#b')
})

test('a private key is taken out, also when its end is missing', () => {
  const begin = '-----BEGIN RSA PRIVATE KEY-----'
  assert.equal(redact(`${begin}\nMIIE\n-----END RSA PRIVATE KEY----- after`), '[private key] after')
  assert.equal(redact(`${begin}\nMIIE`), '[private key]')
})

test('an ordinary text stays as it is', () => {
  const text = 'Does the basic token match? 0123456789abcdef0123456789abcdef01234567 is a commit (glue-like).'
  assert.equal(redact(text), text)
})
