import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionForPrograms, printActions, printStandings } from '../../src/cli/print-plan.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { Action, Standing } from '../../src/plan/action.ts'
import { manifests, onMain, SOURCE, world } from '../support/world.ts'

const image = parseImageName('ghcr.io/acme/web')
const RETAG: Action = {
  kind: 'retag',
  repository: SOURCE,
  target: 'web/production',
  reason: { code: 'release', message: 'It gets the tag v1.' },
  wish: { from: image, to: image, digest: `sha256:${'1'.repeat(64)}`, tag: 'v1' },
}

function terminalOf() {
  const lines: string[] = []
  const out = (text: string) => void lines.push(text)
  const paint = (_: string, text: string) => text
  return { lines, terminal: { width: 200, paint, out, err: out, write: out, progress: out } }
}

test('newer versions that are not ready have a row each, unless the row of their environment tells of them', () => {
  const waitsFor = (version: string) => {
    const reason = { code: 'waits-for-image', message: `${version} waits for its image.` }
    return { version, waits: [{ reason, url: null, kind: 'lacks' as const, again: true, retryAt: null }] }
  }
  const standing = (change: Partial<Standing>): Standing => ({
    target: 'web/staging',
    state: 'waiting',
    reason: { code: 'waits-for-image', message: 'ccc waits for its image.' },
    from: 'aaa',
    to: 'ccc',
    url: null,
    ...change,
  })
  const { lines, terminal } = terminalOf()
  const reason = { code: 'newer-version', message: 'It is the newest.' }
  printStandings(terminal, [
    standing({ waiting: [waitsFor('ccc')] }),
    standing({ target: 'web/test', state: 'changing', to: 'bbb', reason, waiting: [waitsFor('ccc')] }),
  ])
  assert.deepEqual(lines.join('').split('\n'), [
    'TARGET       STATE     NOW  SHOULD BE  WHY',
    'web/staging  waiting   aaa  ccc        ccc waits for its image.',
    'web/test     changing  aaa  bbb        It is the newest.',
    '             waiting        ccc        ccc waits for its image.',
  ])
})

test('a tag that would be given in a registry is printed with its image, and why', () => {
  const { lines, terminal } = terminalOf()
  const each = world({ offers: onMain([]), snapshot: manifests('x') })
  printActions(terminal, [RETAG], each)
  assert.deepEqual(lines, ['\nretag ghcr.io/acme/web:v1 in acme/web', '  It gets the tag v1.'])
  assert.deepEqual(actionForPrograms(RETAG, each), {
    kind: 'retag',
    repository: 'github:acme/web',
    target: 'web/production',
    reason: RETAG.reason,
    headline: 'ghcr.io/acme/web:v1',
    diff: '',
  })
})
