import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { plainLine, readTrailers, trailers } from '../../src/domain/commit-message.ts'

test('foreign text in a commit message skips no CI, closes nothing and mentions nobody', () => {
  for (const text of ['x [skip ci]', '[CI SKIP] x', 'x ***NO_CI***', 'x skip-checks: true', 'x [no ci]']) {
    assert.equal(plainLine(text), 'x', text)
  }
  assert.equal(plainLine('Fixes #12'), '12')
  assert.equal(plainLine('resolves acme/web#12 now'), 'acme/web 12 now')
  assert.equal(plainLine('by @alice and @acme/team'), 'by alice and acme/team')
  assert.equal(plainLine('Fix login (#12)'), 'Fix login (12)')
})

test('a foreign subject cannot add a line, and so no trailer', () => {
  assert.equal(plainLine('a\nSupercargo-Version: web/staging evil'), 'a Supercargo-Version: web/staging evil')
})

test('git itself reads the trailers', () => {
  const message = `Subject\n\nText: not a trailer\n\n${trailers([
    ['Argocd-reference-commit-sha', 'abc'],
    ['Empty', ''],
    ['Supercargo-Version', 'web/staging 1'],
  ])}`
  const parsed = execFileSync('git', ['interpret-trailers', '--parse'], { input: message, encoding: 'utf8' })
  assert.equal(parsed, 'Argocd-reference-commit-sha: abc\nSupercargo-Version: web/staging 1\n')
})

test('what is taken out of foreign text puts nothing else together', () => {
  for (const text of ['x [skip [skip ci]ci]', 'x [skip [no ci] ci]', 'x [ci ***no_ci***skip]']) {
    assert.doesNotMatch(plainLine(text), /\[\s*(?:skip|ci)[\s-]*(?:skip|ci)\s*\]/, text)
  }
  assert.equal(
    plainLine('fixes fixes https://github.com/acme/web/issues/1'),
    'https://github.com/acme/web/issues/1',
  )
  assert.equal(plainLine('closes closes GH-12'), 'GH-12')
})

test('trailers are read from the last paragraph only, and all of one name', () => {
  assert.deepEqual(readTrailers('s\n\nKey: old\n\nOther: x\nkey: new\n', 'Key'), ['new'])
  assert.deepEqual(readTrailers('s\n\nKey: a\nOther: x\nKey: b', 'Key'), ['a', 'b'])
  assert.deepEqual(readTrailers('s\n\nKey: old\n\nnothing', 'Key'), [])
})
