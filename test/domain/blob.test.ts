import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { blobOid } from '../../src/domain/blob.ts'

test('the object id of a text is the one that git gives it', () => {
  for (const text of ['', 'a\n', 'ünïcödé 😀\r\n']) {
    const oid = execFileSync('git', ['hash-object', '--stdin'], { input: text, encoding: 'utf8' }).trim()
    assert.equal(blobOid(text, oid), oid)
  }
})

test('a SHA-256 repository has object ids of 64 digits', () => {
  assert.equal(blobOid('', 'a'.repeat(64)).length, 64)
})
