import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageGates } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import type { SignatureTrust } from '../../src/domain/trust.ts'
import { type Answer, type Answers, type Question, questionKey } from '../../src/plan/questions.ts'
import { gateFacts, imageGates } from '../../src/plan/versions/image-gates.ts'
import type { Scan } from '../../src/registry/registry.ts'

const gated = { image: parseImageName('ghcr.io/acme/web'), digest: `sha256:${'1'.repeat(64)}`, tag: 'v1' }
const BUILD: SignatureTrust = { kind: 'key', key: 'build' }
const RELEASE: SignatureTrust = { kind: 'key', key: 'release' }
const SCAN: Question = { about: 'scan', image: gated.image, digest: gated.digest }
const DOWN: Answer = {
  known: false,
  reason: { code: 'registry-down', message: 'The registry does not answer.' },
  again: true,
  retryAt: null,
}

function gates(change: Partial<ImageGates>): ImageGates {
  return { scan: null, signature: [], ...change }
}

function scanned(scan: Scan): Answers {
  return { [questionKey(SCAN)]: { known: true, value: scan } }
}

function signed(verdicts: [SignatureTrust, Answer][]): Answers {
  return Object.fromEntries(
    verdicts.map(([trust, answer]) => [
      questionKey({ about: 'signature', image: gated.image, digest: gated.digest, trust }),
      answer,
    ]),
  )
}

const VALID: Answer = { known: true, value: { valid: true, signer: 'the key of the build' } }
const INVALID: Answer = { known: true, value: { valid: false, reason: 'There is no signature.' } }

function codes(answers: Answers, each: ImageGates): string[] {
  const { asks, waits } = imageGates(answers, each, gated)
  return [...asks.map(questionKey), ...waits.map(({ reason }) => reason.code)]
}

test('an image without gates is asked about by nobody', () => {
  assert.deepEqual(imageGates({}, gates({}), gated), { asks: [], waits: [] })
})

test('a scan is asked for, and waited for while it runs or nobody has started it', () => {
  assert.deepEqual(codes({}, gates({ scan: 'high' })), [questionKey(SCAN)])
  for (const state of ['none', 'running'] as const) {
    const { waits } = imageGates(scanned({ state }), gates({ scan: 'high' }), gated)
    assert.deepEqual(
      waits.map(({ kind, again }) => ({ kind, again })),
      [{ kind: 'lacks', again: true }],
    )
  }
})

test('a severity at the threshold or above it is refused with its counts, one below it is not', () => {
  const found: Scan = { state: 'done', worst: 'high', counts: { high: 2, low: 7, unknown: 1 } }
  const [wait] = imageGates(scanned(found), gates({ scan: 'high' }), gated).waits
  assert.equal(wait?.reason.code, 'scan-vulnerable')
  assert.match(
    wait.reason.message,
    /^The scanner found 2 high, 7 low, 1 unknown in ghcr\.io\/acme\/web:v1: nothing of severity high or worse may be there\.$/,
  )
  assert.deepEqual(codes(scanned(found), gates({ scan: 'medium' })), ['scan-vulnerable'])
  assert.deepEqual(codes(scanned(found), gates({ scan: 'critical' })), [])
})

test('what a scanner cannot rate is as bad as anything', () => {
  const found: Scan = { state: 'done', worst: 'unknown', counts: { unknown: 1 } }
  assert.deepEqual(codes(scanned(found), gates({ scan: 'critical' })), ['scan-vulnerable'])
})

test('a scanner that cannot be asked is unknown, and never taken for a good result', () => {
  const { waits } = imageGates({ [questionKey(SCAN)]: DOWN }, gates({ scan: 'low' }), gated)
  assert.deepEqual(
    waits.map(({ kind }) => kind),
    ['unknown'],
  )
})

test('one signature of those who are trusted is enough, whatever is said of the others', () => {
  const signature = [BUILD, RELEASE]
  assert.deepEqual(
    codes(
      signed([
        [BUILD, INVALID],
        [RELEASE, VALID],
      ]),
      gates({ signature }),
    ),
    [],
  )
  assert.deepEqual(
    codes(
      signed([
        [BUILD, DOWN],
        [RELEASE, VALID],
      ]),
      gates({ signature }),
    ),
    [],
  )
})

test('without a valid signature the reason is told, and unknown where one could not be asked', () => {
  const signature = [BUILD, RELEASE]
  assert.deepEqual(
    codes(
      signed([
        [BUILD, INVALID],
        [RELEASE, INVALID],
      ]),
      gates({ signature }),
    ),
    ['signature-invalid'],
  )
  assert.deepEqual(
    codes(
      signed([
        [BUILD, INVALID],
        [RELEASE, DOWN],
      ]),
      gates({ signature }),
    ),
    ['registry-down'],
  )
})

test('what held is told once, by the strictest of several thresholds', () => {
  const answers = {
    ...scanned({ state: 'done', worst: 'low', counts: { low: 3 } }),
    ...signed([[BUILD, VALID]]),
  }
  const all = [gates({ scan: 'critical', signature: [BUILD] }), gates({ scan: 'medium', signature: [BUILD] })]
  assert.deepEqual(gateFacts(answers, all, gated), [
    'The scanner found nothing of severity medium or worse (3 low).',
    'It is signed by the key of the build.',
  ])
})
