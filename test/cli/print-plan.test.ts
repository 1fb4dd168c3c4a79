import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actionForPrograms, printActions } from '../../src/cli/print-plan.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { Action } from '../../src/plan/action.ts'
import { manifests, onMain, SOURCE, world } from '../support/world.ts'

const image = parseImageName('ghcr.io/acme/web')
const RETAG: Action = {
  kind: 'retag',
  repository: SOURCE,
  target: 'web/production',
  reason: { code: 'release', message: 'It gets the tag v1.' },
  wish: { from: image, to: image, digest: `sha256:${'1'.repeat(64)}`, tag: 'v1' },
}

test('a tag that would be given in a registry is printed with its image, and why', () => {
  const lines: string[] = []
  const out = (text: string) => void lines.push(text)
  const paint = (_: string, text: string) => text
  const terminal = { width: 80, paint, out, err: out, write: out, progress: out }
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
