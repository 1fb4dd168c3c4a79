import { type ImageName, readReference } from '../domain/image.ts'
import { applySplices, inOrder } from './apply-splices.ts'
import type {
  FileEdit,
  Located,
  Place,
  Refusal,
  Remark,
  Sighting,
  Splice,
  TextFile,
  VersionWish,
} from './editor.ts'
import { findMention, needleOf } from './mention.ts'
import { yamlEditor } from './yaml-editor.ts'

export interface FileOutcome {
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

export interface FileTask {
  image: ImageName
  /** Null: only look. */
  wish: VersionWish | null
  /** The file that overrides an image of this name in this file; null where nothing does. */
  overriddenBy(path: string, name: string): string | null
  /** Whether to add a version where an entry has none. */
  adds: boolean
}

/** What a place says for which somebody else decides the version: it forbids nothing where others were found. */
const DOUBTS = new Set(['not-literal', 'ambiguous-pair', 'version-elsewhere'])

/** What nobody reads as a manifest, though it may speak of images. */
const PROSE = /\.(?:md|markdown|adoc|rst)$/i

/** Looks for the image in one file, and brings what it finds to the wished version. Never throws. */
export function editFile(file: TextFile, task: FileTask): FileOutcome {
  const { image } = task
  const outcome: FileOutcome = {
    edit: null,
    sightings: [],
    refusals: [],
    doubts: [],
    notes: [],
    couldAdd: false,
  }
  if (!file.text.includes(needleOf(image))) return outcome
  const located = yamlEditor.accepts(file.path) ? yamlEditor.locate(file, needleOf(image)) : null
  if (located === null || located.refusals.length > 0) {
    const mention = PROSE.test(file.path) ? null : findMention(file.text, image)
    if (mention !== null) outcome.doubts.push(...(located?.refusals ?? [unknownFormat(file, mention)]))
  }
  if (located === null) return outcome

  const own = placesOf(located, image)
  const chosen = own.filter((place) => isChosen(file, place, task, outcome))
  if (own.length === 0 && located.refusals.length === 0) noteUnknownPlace(file, image, outcome)
  if (task.wish === null) {
    outcome.sightings = chosen.map((place) => sightingOf(file, place))
    return outcome
  }
  const splices: Splice[] = []
  const changed: Place[] = []
  for (const place of chosen) {
    const made = place.splices(task.wish)
    if (!Array.isArray(made)) {
      const isDoubt = DOUBTS.has(made.code)
      ;(isDoubt ? outcome.doubts : outcome.refusals).push(made)
      if (isDoubt) continue
    } else {
      splices.push(...made)
      changed.push(place)
      if (made.length > 0 && place.isShared()) outcome.notes.push(sharedNote(file, place))
    }
    outcome.sightings.push(sightingOf(file, place))
  }
  finish(file, located, splices, (again) => areCurrent(again, located, changed, task.wish), outcome)
  return outcome
}

/** Splices, proves, and records the edit or why it is refused. */
export function finish(
  file: TextFile,
  located: Located,
  splices: Splice[],
  isReached: (again: Located) => boolean,
  outcome: FileOutcome,
): void {
  if (splices.length === 0 || outcome.refusals.length > 0) return
  const ordered = inOrder(splices)
  const after = ordered === null ? null : applySplices(file.text, ordered)
  const again = ordered === null || after === null ? null : located.reread(after, ordered)
  if (after === null || again === null || !isReached(again)) {
    outcome.refusals.push({
      code: 'proof-failed',
      message: 'The edited file would not read as intended, or something else in it would read differently.',
      path: file.path,
      line: 1,
      column: 1,
    })
    return
  }
  outcome.edit = { path: file.path, before: file.text, after }
}

/** Whether a place is a reference to the image. */
export function names(place: Place, image: ImageName): boolean {
  return place.names.some((name) => readReference(name)?.name.normalised === image.normalised)
}

function placesOf({ places }: Located, image: ImageName): Place[] {
  return places.filter((place) => names(place, image)).sort((a, b) => a.line - b.line || a.column - b.column)
}

/** Whether the same places, found again in the same order, have the version; their names may be new. */
function areCurrent(again: Located, before: Located, changed: Place[], wish: VersionWish | null): boolean {
  return (
    wish !== null &&
    again.places.length === before.places.length &&
    changed.every((place) => {
      const left = again.places[before.places.indexOf(place)]?.splices(wish)
      return Array.isArray(left) && left.length === 0
    })
  )
}

function isChosen(file: TextFile, place: Place, task: FileTask, outcome: FileOutcome): boolean {
  const [name = ''] = place.names
  const decider = task.overriddenBy(file.path, name)
  if (decider !== null) {
    outcome.notes.push({
      code: 'overridden',
      message: `The images of ${decider} decide the version, so this reference is left alone.`,
      path: file.path,
      line: place.line,
      column: place.column,
    })
    return false
  }
  if (place.adds && !task.adds) outcome.couldAdd = true
  return !place.adds || task.adds
}

function noteUnknownPlace(file: TextFile, image: ImageName, outcome: FileOutcome): void {
  const mention = findMention(file.text, image)
  if (mention === null) return
  const message = 'The image is named here in a place that no format knows, which is left alone.'
  outcome.notes.push({ code: 'unknown-place', message, path: file.path, ...mention })
}

function unknownFormat(file: TextFile, mention: { line: number; column: number }): Refusal {
  const message = 'The file names the image, but it is not YAML and no format reads it.'
  return { code: 'not-yaml', message, path: file.path, ...mention }
}

function sharedNote(file: TextFile, { line, column }: Place): Remark {
  const message = 'The version is written once and used in several places by an anchor; all of them change.'
  return { code: 'anchor-changed', message, path: file.path, line, column }
}

function sightingOf(file: TextFile, { line, column, format, tag, digest }: Place): Sighting {
  return { path: file.path, line, column, format, tag, digest }
}
