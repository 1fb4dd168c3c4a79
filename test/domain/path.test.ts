import assert from 'node:assert/strict'
import { posix } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkManifestPath, isUnder } from '../../src/domain/path.ts'

test('ordinary paths of a manifest repository are accepted', () => {
  for (const path of [
    'apps/web/overlays/staging',
    'apps/web/values.yaml',
    'a',
    'apps/.hidden/x',
    'apps/..web/...x',
    'apps/web/.gitignore-not-git',
    'apps/.gitkeep',
    'apps/git',
    'apps/git~x/y',
    'clusters/東京/web',
    'apps/web one/file.yaml',
    'apps/.github/file.yaml',
  ]) {
    assert.equal(checkManifestPath(path), null, path)
  }
})

const HOSTILE: Record<string, RegExp> = {
  '': /empty/,
  '/etc/passwd': /absolute/,
  'C:/Windows': /absolute/,
  'c:x': /absolute/,
  'apps//web': /empty component/,
  'apps/web/': /empty component/,
  './apps': /component "\."/,
  'apps/./web': /component "\."/,
  '../apps': /component "\.\."/,
  'apps/../../x': /component "\.\."/,
  'apps/..': /component "\.\."/,
  'apps\\web': /backslash/,
  'apps/\0web': /control/,
  'apps/\nweb': /control/,
  'apps/\u202eweb': /invisible/,
  'apps/\ud800': /control or invisible/,
  '.git/config': /Git/,
  'apps/.GIT/config': /Git/,
  'apps/.Git': /Git/,
  'apps/.git./x': /Git/,
  'apps/.git /x': /Git/,
  'apps/.git . ./x': /Git/,
  'apps/.git::$INDEX_ALLOCATION/x': /Git/,
  'apps/.git:stream': /Git/,
  'apps/git~1/x': /Git/,
  'apps/GIT~2./x': /Git/,
  'apps/\uff0egit/x': /Git/,
  '.supercargo/policy.yml': /only people/,
  '.Supercargo./policy.yml': /only people/,
  '.github/workflows/ci.yml': /only people/,
  '.gitlab-ci.yml': /only people/,
}

for (const [path, reason] of Object.entries(HOSTILE)) {
  test(`the path ${JSON.stringify(path)} is refused with its reason`, () => {
    assert.match(checkManifestPath(path) ?? 'accepted', reason)
  })
}

test('every character that HFS+ ignores is refused within .git', () => {
  const ignored = [
    0x200c, 0x200d, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x206a, 0x206b, 0x206c, 0x206d,
    0x206e, 0x206f, 0xfeff,
  ]
  for (const code of ignored) {
    for (const path of [`.g${String.fromCodePoint(code)}it/x`, `.git${String.fromCodePoint(code)}`])
      assert.notEqual(checkManifestPath(path), null, code.toString(16))
  }
})

test('paths and components that are too long are refused', () => {
  assert.match(checkManifestPath('a'.repeat(256)) ?? '', /255 bytes/)
  assert.equal(checkManifestPath('a'.repeat(255)), null)
  assert.match(checkManifestPath('é'.repeat(128)) ?? '', /255 bytes/)
  assert.match(checkManifestPath(`${'a/'.repeat(600)}a`) ?? '', /1024/)
})

test('an accepted path never leaves the root, whatever it is made of', () => {
  const piece = fc.constantFrom('.', '..', '/', '\\', 'a', '.git', 'GIT', '~1', ' ', ':', '\u200c', 'b')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const path = pieces.join('')
      if (checkManifestPath(path) !== null) return
      assert.equal(posix.resolve('/inside', path), `/inside/${path}`)
      assert.doesNotMatch(path, /(^|\/)\.git[ .:]*(\/|$)/i)
    }),
    { numRuns: 3000 },
  )
})

test('a path is under its root and itself, and not under a root of which it only shares the beginning', () => {
  assert.equal(isUnder('apps/web/x.yaml', 'apps/web'), true)
  assert.equal(isUnder('apps/web', 'apps/web'), true)
  assert.equal(isUnder('apps/website/x.yaml', 'apps/web'), false)
  assert.equal(isUnder('apps', 'apps/web'), false)
})
