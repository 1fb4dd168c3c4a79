import type { FileEdit, FileReport, Outcome, Refusal, Remark, Sighting, Unread } from './editor.ts'

/** What was found in one file, and what is to become of it. */
export interface FileOutcome {
  path: string
  edit: FileEdit | null
  sightings: Sighting[]
  /** Forbid the edit. */
  refusals: Refusal[]
  /** Forbid the edit only when the image is named nowhere else. */
  doubts: Refusal[]
  notes: Remark[]
  /** True where the file names the image without a version, and a key would have to be added. */
  couldAdd: boolean
}

export function newOutcome(path: string): FileOutcome {
  return { path, edit: null, sightings: [], refusals: [], doubts: [], notes: [], couldAdd: false }
}

export function refusalOf({ code, message, path, line, column }: Unread): Refusal {
  return { code, message, path, line, column }
}

/** One report for each file that has anything to do with the image; `isRefused`: nothing at all is written. */
export function fileReports(outcomes: readonly FileOutcome[], isRefused: boolean): FileReport[] {
  const byPath = new Map<string, FileOutcome>()
  for (const outcome of outcomes) {
    const same = byPath.get(outcome.path)
    byPath.set(outcome.path, same === undefined ? outcome : joined(same, outcome))
  }
  return [...byPath.values()]
    .filter(isConcerned)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map((outcome) => reportOf(outcome, isRefused))
}

function reportOf(outcome: FileOutcome, isRefused: boolean): FileReport {
  const { path, edit, sightings, refusals, doubts, notes } = outcome
  const remarks = [...refusals, ...doubts, ...notes]
  if (isRefused && edit !== null && refusals.length === 0) {
    const message = 'This file could be changed, but another one is refused, so nothing is written.'
    remarks.push({ code: 'held-back', message, path, line: 1, column: 1 })
  }
  return { path, outcome: kindOf(outcome, isRefused), sightings, remarks: inOrder(remarks) }
}

/** As they stand in the file, and what is said twice of one place once. */
function inOrder(remarks: readonly Remark[]): Remark[] {
  const distinct = new Map(
    remarks.map((remark) => [`${remark.code}:${remark.line}:${remark.column}`, remark]),
  )
  return [...distinct.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}

function kindOf(outcome: FileOutcome, isRefused: boolean): Outcome {
  const { edit, sightings, refusals, doubts, notes, couldAdd } = outcome
  if (refusals.length > 0 || (isRefused && edit !== null)) return 'refused'
  if (edit !== null) return 'updated'
  if (sightings.length > 0) return 'current'
  if (doubts.length > 0) return 'refused'
  return couldAdd || notes.some(({ code }) => code === 'overridden') ? 'current' : 'not-found'
}

function isConcerned({ edit, sightings, refusals, doubts, notes, couldAdd }: FileOutcome): boolean {
  return edit !== null || couldAdd || sightings.length + refusals.length + doubts.length + notes.length > 0
}

function joined(a: FileOutcome, b: FileOutcome): FileOutcome {
  return {
    path: a.path,
    edit: b.edit ?? a.edit,
    sightings: [...a.sightings, ...b.sightings],
    refusals: [...a.refusals, ...b.refusals],
    doubts: [...a.doubts, ...b.doubts],
    notes: [...a.notes, ...b.notes],
    couldAdd: a.couldAdd || b.couldAdd,
  }
}
