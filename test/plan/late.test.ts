import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Standing } from '../../src/plan/action.ts'
import { standingReport } from '../../src/plan/explain/report.ts'
import { tellLate, waitNames } from '../../src/plan/versions/late.ts'
import { app, environment, NOW } from '../support/world.ts'

const CONFIG = {
  apps: [app({ environments: [environment({ ready: { image: true, checks: null, within: 600 } })] })],
}
const MINUTE = 60_000

function waiting(version: string, url: string | null = null) {
  const reason = { code: 'waits-for-check', message: `${version} waits for the check test.` }
  return { version, waits: [{ reason, url, kind: 'lacks' as const, again: true, retryAt: null }] }
}

function staging(change: Partial<Standing> = {}): Standing {
  const [newest] = change.waiting ?? []
  const reason = newest?.waits[0]?.reason ?? { code: 'up-to-date', message: 'web/staging has aaaaaaa.' }
  return {
    target: 'web/staging',
    state: 'waiting',
    reason,
    from: 'aaaaaaa',
    to: 'aaaaaaa',
    url: null,
    ...change,
  }
}

const open = () => false

test('a version that is not ready in its time is a failure that says what is missing and since when', () => {
  const standing = staging({ waiting: [waiting('bbbbbbb')] })
  const told = (minutes: number) =>
    tellLate([standing], CONFIG, { 'web/staging bbbbbbb': new Date(NOW.getTime() - minutes * MINUTE) }, NOW)
  assert.deepEqual(told(9), [standing])
  const report = standingReport(told(10), open)
  assert.equal(report.conclusion, 'failure')
  assert.equal(report.title, 'web/staging: late')
  assert.match(
    report.summary,
    /bbbbbbb has not become ready since 2026-01-02 02:54 UTC\. bbbbbbb waits for the check test\. \|$/,
  )
})

test('of several versions the one that has waited longest is told, also while an older one is proposed', () => {
  const waits = [waiting('ccccccc'), waiting('bbbbbbb')]
  const reason = { code: 'waits-for-review', message: 'Change request #7 waits for a person to merge it.' }
  const standing = staging({ reason, waiting: waits })
  assert.deepEqual(waitNames([standing]), ['web/staging ccccccc', 'web/staging bbbbbbb'])
  const since = {
    'web/staging ccccccc': new Date(NOW.getTime() - 20 * MINUTE),
    'web/staging bbbbbbb': new Date(NOW.getTime() - 30 * MINUTE),
  }
  const [told] = tellLate([standing], CONFIG, since, NOW)
  assert.match(told?.late?.message ?? '', /^bbbbbbb has not become ready since/)
  assert.equal(told?.reason.code, 'waits-for-review')
})

test('where nobody remembers since when, nothing is late', () => {
  const standing = staging({ waiting: [waiting('bbbbbbb')] })
  assert.deepEqual(tellLate([standing], CONFIG, {}, NOW), [standing])
})

test('what is waited for is in the title, and its page is a link in the table', () => {
  const report = standingReport([staging({ waiting: [waiting('bbbbbbb', 'https://ci.example/1')] })], open)
  assert.equal(report.conclusion, 'success')
  assert.equal(report.title, 'web/staging: bbbbbbb waits for the check test')
  assert.match(
    report.summary,
    /bbbbbbb waits for the check test\. \(\[details\]\(https:\/\/ci\.example\/1\)\) \|$/,
  )
})

test('an image that the scanner refuses is told as a failure at once, and one without a signature not as a success', () => {
  const lacking = (code: string) => {
    const [first] = waiting('bbbbbbb').waits
    assert.ok(first)
    const waits = [{ ...first, reason: { code, message: 'It lacks something.' } }]
    return standingReport([staging({ waiting: [{ ...waiting('bbbbbbb'), waits }] })], open).conclusion
  }
  assert.deepEqual(['scan-vulnerable', 'signature-invalid', 'waits-for-image'].map(lacking), [
    'failure',
    'neutral',
    'success',
  ])
})

test('an environment that is held for another reason still says in the title what its newest version lacks', () => {
  const reason = { code: 'image-vanished', message: 'ghcr.io/acme/web:aaaaaaa is no longer in the registry.' }
  const held = staging({ state: 'held', reason, waiting: [waiting('bbbbbbb')] })
  const { conclusion, title } = standingReport([held], open)
  assert.deepEqual([conclusion, title], ['neutral', 'web/staging: held; bbbbbbb waits for the check test'])
})

test('what a version lacks stands first in a title that has no room for all', () => {
  const idle = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((name) =>
    staging({ target: `web/${name}`, state: 'current' }),
  )
  const { title } = standingReport([...idle, staging({ waiting: [waiting('bbbbbbb')] })], open)
  assert.match(title, /^web\/staging: bbbbbbb waits for the check test, web\/one: current, .*…$/)
})

test('what newer versions lack stands behind why the environment is as it is, each once, and not too much of it', () => {
  const reason = { code: 'waits-for-review', message: 'Change request #7 waits for a person to merge it.' }
  const versions = ['fffffff', 'eeeeeee', 'ddddddd', 'ccccccc', 'bbbbbbb'].map((each) => waiting(each))
  const report = standingReport([staging({ reason, waiting: versions })], open)
  assert.equal(report.title, 'web/staging: waiting; fffffff waits for the check test')
  assert.match(
    report.summary,
    /to merge it\. fffffff waits.* ddddddd waits [^.]*\. 2 more versions are not ready\. \|$/,
  )
})

test('nothing of it is told where the manifests are not for every reader', () => {
  const late = { code: 'not-ready-in-time', message: 'bbbbbbb has not become ready.' }
  const report = standingReport([staging({ waiting: [waiting('bbbbbbb')], late })], () => true)
  assert.doesNotMatch(report.title + report.summary, /bbbbbbb/)
  assert.match(report.summary, /not-ready-in-time/)
})
