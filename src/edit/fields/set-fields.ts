import type { FieldPath } from '../../domain/field-path.ts'
import { applySplices } from '../apply-splices.ts'
import type { FileEdit, Refusal, Remark, Splice, TextFile } from '../editor.ts'
import { readDocuments } from '../yaml/document.ts'
import { isTemplate, refuse } from '../yaml/place.ts'
import { respell } from '../yaml/scalar.ts'
import { yamlEditor } from '../yaml-editor.ts'
import { type DocumentWish, type FoundValue, findValue, type MissingValue } from './find-value.ts'

/** One value of one YAML or JSON file. */
export interface FieldWish {
  /** Of the file, from the repository's root. */
  path: string
  /** Null: the only document that has the path. */
  document: DocumentWish | null
  at: FieldPath
  value: string
}

/** What stands in a field before the edit. */
export interface FieldSighting {
  path: string
  /** From 1. */
  line: number
  column: number
  text: string
}

export interface FieldReport {
  /** Files that change, each once; [] where there are refusals. */
  edits: FileEdit[]
  /** One for each wish that was found, in their order; null for the others. */
  sightings: (FieldSighting | null)[]
  /** Not empty: nothing may be written. */
  refusals: Refusal[]
  /** Anchors that were changed once for several places. */
  notes: Remark[]
}

/** Sets each field to its value, and changes no byte besides. Twice is once. Never throws: it refuses. */
export function setFields(files: readonly TextFile[], wishes: readonly FieldWish[]): FieldReport {
  const texts = new Map(files.map(({ path, text }) => [path, text]))
  const report: FieldReport = { edits: [], sightings: [], refusals: [], notes: [] }
  for (const wish of wishes) {
    const text = texts.get(wish.path)
    const outcome = text === undefined ? noFile(wish.path) : setField(text, wish)
    report.sightings.push('code' in outcome ? null : outcome.sighting)
    if ('code' in outcome) report.refusals.push(outcome)
    else {
      texts.set(wish.path, outcome.text)
      report.notes.push(...outcome.notes)
    }
  }
  if (report.refusals.length > 0) return report
  report.edits = files.flatMap(({ path, text }) => {
    const after = texts.get(path) ?? text
    return after === text ? [] : [{ path, before: text, after }]
  })
  return report
}

interface Outcome {
  text: string
  sighting: FieldSighting
  notes: Remark[]
}

function setField(text: string, wish: FieldWish): Outcome | Refusal {
  const { path } = wish
  const found = find(text, wish)
  if ('code' in found) return found
  const { document, scalar, direct, shared } = found
  const at = scalar.range[0]
  const present = presentText(scalar)
  const sighting = { path, ...document.part.position(at), text: present }
  if (isTemplate(present)) return refuse(document, at, 'not-literal')
  const splice = respell(document.part.text, scalar, wish.value, /\.json$/i.test(path))
  if (typeof splice === 'string') return refuse(document, at, splice)
  if (splice === null) return { text, sighting, notes: [] }
  if (!direct) {
    const message = 'The value stands elsewhere and comes here by an anchor. Name the place of the anchor.'
    return { code: 'shared-anchor', message, path, ...document.part.position(at) }
  }
  const { offset } = document.part
  const moved = { ...splice, start: splice.start + offset, end: splice.end + offset }
  const after = applySplices(text, [moved])
  if (!isProved(text, after, moved, wish)) {
    const message =
      'The edited file would not read as intended, or something else in it would read differently.'
    return { code: 'proof-failed', message, path, ...document.part.position(at) }
  }
  const message = 'The value is written once and used in several places by an anchor; all of them change.'
  const note = { code: 'anchor-changed', message, path, ...document.part.position(at) }
  return { text: after, sighting, notes: shared ? [note] : [] }
}

function find(text: string, { path, document, at }: FieldWish): FoundValue | Refusal {
  const { documents, unreadable } = readDocuments({ path, text })
  const [unread] = unreadable
  const found = findValue(documents, document, at)
  if (!('code' in found)) return found
  if (unread !== undefined) {
    const { code, message, part } = unread
    return { code, message, path, ...part.position(unread.at) }
  }
  return missing(path, found)
}

/** Without quotes and space around; '' for null. */
function presentText({ value, type }: FoundValue['scalar']): string {
  const text = typeof value === 'string' ? value.trim() : ''
  return type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(text) ? '' : text
}

function isProved(before: string, after: string, splice: Splice, wish: FieldWish): boolean {
  const again = find(after, wish)
  return (
    !('code' in again) &&
    again.scalar.value?.toString().trim() === wish.value &&
    yamlEditor.locate({ path: wish.path, text: before }).reread(after, [splice]) !== null
  )
}

function missing(path: string, { code, message, document, at }: MissingValue): Refusal {
  return { code, message, path, ...(document?.part.position(at) ?? { line: 1, column: 1 }) }
}

function noFile(path: string): Refusal {
  return { code: 'file-not-found', message: 'There is no such text file.', path, line: 1, column: 1 }
}
