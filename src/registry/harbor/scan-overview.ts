import { z } from 'zod'
import { SEVERITIES, type Severity } from '../../domain/trust.ts'
import type { Scan } from '../registry.ts'

/** The kinds of report that Harbor summarises, the newer first; what it is asked for, and what is read. */
export const REPORTS = [
  'application/vnd.security.vulnerability.report; version=1.1',
  'application/vnd.scanner.adapter.vuln.report.harbor+json; version=1.0',
]

/** `NativeReportSummary` in https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml */
const Summary = z.object({
  scan_status: z.string(),
  severity: z.string().nullish(),
  summary: z.object({ summary: z.record(z.string(), z.number()).nullish() }).nullish(),
})
const Artifact = z.object({
  digest: z.string(),
  scan_overview: z.record(z.string(), z.unknown()).nullish(),
})

/** https://github.com/goharbor/harbor/blob/main/src/jobservice/job/status.go, and what its pages call them. */
const STATES = new Map<string, 'none' | 'running' | 'done'>([
  ['', 'none'],
  ['not scanned', 'none'],
  ['pending', 'running'],
  ['scheduled', 'running'],
  ['queued', 'running'],
  ['running', 'running'],
  ['success', 'done'],
])

/** https://github.com/goharbor/harbor/blob/main/src/pkg/scan/vuln/severity.go; any other word is `unknown`. */
const LEVELS = new Map<string, Severity>([
  ['none', 'none'],
  ['negligible', 'none'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['critical', 'critical'],
])

/**
 * What Harbor's answer about an artifact says of its scan; null when the answer is not about this digest, or cannot
 * be read. Of an index Harbor makes one summary, and calls it a success when one of its images could be scanned.
 * `worst` is `unknown` where something that nobody has rated was found, and nothing critical: it may be that bad.
 */
export function readScanOverview(body: unknown, digest: string): Scan | null {
  const artifact = Artifact.safeParse(body)
  if (!artifact.success || artifact.data.digest !== digest) return null
  const overview = artifact.data.scan_overview ?? {}
  const kind = REPORTS.find((report) => overview[report] != null)
  if (kind === undefined) return { state: 'none' }
  const report = Summary.safeParse(overview[kind])
  if (!report.success) return null
  const { scan_status: status, severity, summary } = report.data
  const state = STATES.get(status.toLowerCase()) ?? 'failed'
  if (state !== 'done') return { state }
  const counts = countsOf(summary?.summary ?? {})
  return { state, worst: worstOf(severity ?? null, counts), counts }
}

type Counts = Partial<Record<Severity | 'unknown', number>>

function countsOf(written: Record<string, number>): Counts {
  const counts: Counts = {}
  for (const [word, count] of Object.entries(written)) {
    const level = levelOf(word)
    if (count > 0) counts[level] = (counts[level] ?? 0) + count
  }
  return counts
}

/** What is said of the whole and what is counted, whichever is worse. */
function worstOf(severity: string | null, counts: Counts): Severity | 'unknown' {
  const found = [...(severity === null ? [] : [levelOf(severity)]), ...Object.keys(counts)]
  if (found.includes('critical')) return 'critical'
  if (found.length === 0 || found.includes('unknown')) return 'unknown'
  return [...SEVERITIES].reverse().find((level) => found.includes(level)) ?? 'unknown'
}

function levelOf(word: string): Severity | 'unknown' {
  return LEVELS.get(word.toLowerCase()) ?? 'unknown'
}
