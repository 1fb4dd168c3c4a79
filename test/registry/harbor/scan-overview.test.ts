import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readScanOverview } from '../../../src/registry/harbor/scan-overview.ts'

const digest = `sha256:${'a'.repeat(64)}`
const GENERIC = 'application/vnd.security.vulnerability.report; version=1.1'
const NATIVE = 'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0'

/** The examples of `NativeReportSummary` in https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml */
function report(status: string, severity: string | undefined, counts: Record<string, number> | undefined) {
  return {
    report_id: '5f62c830-f996-11e9-957f-0242c0a89008',
    scan_status: status,
    severity,
    duration: 300,
    summary: counts && { total: 500, fixable: 100, summary: counts },
    start_time: '2006-01-02T14:04:05Z',
    end_time: '2006-01-02T15:04:05Z',
    complete_percent: 100,
    scanner: { name: 'Trivy', vendor: 'Aqua Security', version: 'v0.9.1' },
  }
}

function read(overview: unknown) {
  return readScanOverview({ id: 1, digest, tags: null, scan_overview: overview }, digest)
}

test('a scan that has ended tells the worst, and how many of each', () => {
  const counts = { Critical: 5, High: 7, Negligible: 2, None: 1 }
  assert.deepEqual(read({ [GENERIC]: report('Success', 'Critical', counts) }), {
    state: 'done',
    worst: 'critical',
    counts: { critical: 5, high: 7, none: 3 },
  })
  assert.deepEqual(read({ [GENERIC]: report('Success', 'None', {}) }), {
    state: 'done',
    worst: 'none',
    counts: {},
  })
})

test('the whole and the counts are believed by the worse of them', () => {
  for (const [severity, counts, worst] of [
    ['Low', { High: 1 }, 'high'],
    ['High', { Low: 1 }, 'high'],
    ['High', undefined, 'high'],
    [undefined, { Medium: 2 }, 'medium'],
    [undefined, { High: 0, Low: 1 }, 'low'],
  ] as const)
    assert.equal(worstOf(severity, counts), worst)
})

test('what nobody has rated may be as bad as anything, and so may what is not told', () => {
  assert.equal(worstOf('Unknown', { Unknown: 3 }), 'unknown')
  assert.equal(worstOf('Low', { Low: 1, Unknown: 3 }), 'unknown')
  assert.equal(worstOf('High', { Brandnew: 1 }), 'unknown')
  assert.equal(worstOf('constructor', { None: 1 }), 'unknown')
  assert.equal(worstOf('Critical', { Unknown: 3 }), 'critical')
  assert.equal(worstOf(undefined, undefined), 'unknown')
})

test("every state of Harbor's scans is one of ours, and one that is not known has failed", () => {
  for (const [status, state] of [
    ['Pending', 'running'],
    ['Scheduled', 'running'],
    ['Queued', 'running'],
    ['Running', 'running'],
    ['Not Scanned', 'none'],
    ['', 'none'],
    ['Error', 'failed'],
    ['Stopped', 'failed'],
    ['constructor', 'failed'],
  ])
    assert.deepEqual(read({ [GENERIC]: report(status ?? '', 'None', {}) }), { state })
})

test('the newer report counts before the older, and other reports do not count', () => {
  const newer = report('Success', 'High', { High: 1 })
  const older = report('Success', 'None', {})
  const scan = read({ [NATIVE]: older, [GENERIC]: newer })
  assert.equal(scan?.state === 'done' && scan.worst, 'high')
  assert.deepEqual(read({ 'application/vnd.security.sbom.report+json; version=1.0': older }), {
    state: 'none',
  })
  for (const nothing of [undefined, null, {}]) assert.deepEqual(read(nothing), { state: 'none' })
})

test('an answer about another image, or of another shape, is none, and never throws', () => {
  assert.equal(readScanOverview({ digest: 'sha256:b', scan_overview: {} }, digest), null)
  assert.equal(read({ [GENERIC]: 'Success' }), null)
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const scan = readScanOverview({ digest, scan_overview: { [GENERIC]: a, [NATIVE]: b } }, digest)
      assert.ok(scan === null || scan.state !== 'done')
      assert.equal(readScanOverview(a, digest), null)
    }),
  )
})

function worstOf(severity: string | undefined, counts: Record<string, number> | undefined): string {
  const scan = read({ [GENERIC]: report('Success', severity, counts) })
  return scan?.state === 'done' ? scan.worst : `no: ${scan?.state}`
}
