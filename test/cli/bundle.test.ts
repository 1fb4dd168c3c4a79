import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { buildOnce } from '../support/build-once.ts'

/** The program as it is installed: built, and the command line bundled into few files. */
const root = mkdtempSync(join(tmpdir(), 'supercargo-bundle-'))
after(() => rmSync(root, { recursive: true, force: true }))
const built = await buildOnce()
cpSync(join(built, 'dist'), join(root, 'dist'), { recursive: true })
cpSync('package.json', join(root, 'package.json'))
symlinkSync(resolve('node_modules'), join(root, 'node_modules'))
assert.equal(spawnSync(process.execPath, [resolve('deploy/bundle.mjs')], { cwd: root }).status, 0)

function supercargo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli/main.js', ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  return { status, stdout, stderr }
}

test('the bundled command line sets images, in files that are plain and in files that are not', () => {
  const plain = 'image: ghcr.io/acme/web:v1\n'
  writeFileSync(join(root, 'plain.yaml'), plain)
  writeFileSync(join(root, 'odd.yaml'), `a: !!str x\n${plain}`)
  const { status, stderr } = supercargo(
    'set-image',
    '--check',
    'plain.yaml',
    'odd.yaml',
    'ghcr.io/acme/web=v2',
  )
  assert.deepEqual({ status, stderr }, { status: 1, stderr: '' })
  assert.equal(supercargo('set-image', 'plain.yaml', 'odd.yaml', 'ghcr.io/acme/web=v2').status, 0)
  assert.match(supercargo('set-image', '.', 'ghcr.io/acme/web=v2').stdout, /current/)
})

test('the bundled command line knows the errors of commands that are files of their own', () => {
  assert.match(supercargo('plan', '--help').stdout, /^Usage: supercargo plan/)
  const incomplete = supercargo('who-can')
  assert.equal(incomplete.status, 2)
  assert.match(incomplete.stderr, /^error: required option '--source/)
  const missing = supercargo('validate', 'missing.yaml')
  assert.equal(missing.status, 2)
  assert.match(missing.stderr, /^"?missing\.yaml/)
  assert.doesNotMatch(missing.stderr, /\bat .*\.js:/)
})
