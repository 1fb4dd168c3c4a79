import { readReference } from '../domain/image.ts'
import { applySplices, inOrder } from './apply-splices.ts'
import type {
  Located,
  Place,
  Refusal,
  Remark,
  Sighting,
  Splice,
  Subject,
  TextFile,
  VersionWish,
} from './editor.ts'
import { type FileOutcome, newOutcome, refusalOf } from './file-outcome.ts'
import { manifestEditor } from './manifest-editor.ts'
import { findMention, isProse, mayConcern } from './mention.ts'

export interface FileTask {
  subject: Subject
  /** Null: only look. */
  wish: VersionWish | null
  /** What becomes of a digest that is not known any more. */
  staleDigest: 'remove' | 'refuse'
  /** The file that overrides an image of this name in this file; null where nothing does. */
  overriddenBy(path: string, name: string): string | null
  /** Whether to add a version where an entry has none. */
  adds: boolean
}

/** Why a place is left alone whose version somebody else decides: it forbids nothing where others were found. */
export const DOUBTS = new Set(['not-literal', 'ambiguous-pair', 'version-elsewhere'])

/** Looks for the image in one file, and brings what it finds to the wished version. Never throws. */
export function editFile(file: TextFile, task: FileTask): FileOutcome {
  const { subject, wish } = task
  const outcome = newOutcome(file.path)
  if (!mayConcern(file.text, subject)) return outcome
  const located = manifestEditor.accepts(file.path) ? manifestEditor.locate(file, subject) : null
  if (located === null || located.unread.length > 0) {
    const mention = isProse(file.path) ? null : findMention(file.text, subject.image)
    if (mention !== null) {
      outcome.doubts.push(...(located?.unread.map(refusalOf) ?? [unknownFormat(file, mention)]))
    }
  }
  if (located === null) return outcome

  const own = ownPlaces(located, task)
  const chosen = own.filter((place) => isChosen(file, place, task, outcome))
  if (own.length === 0 && located.unread.length === 0) noteUnknownPlace(file, subject, outcome)
  if (wish === null) {
    outcome.sightings = chosen.map((place) => sightingOf(file, place))
    return outcome
  }
  const splices: Splice[] = []
  const changed: number[] = []
  const sighted: number[] = []
  for (const place of chosen) {
    const made = splicesFor(file, place, task, wish)
    if (!Array.isArray(made)) {
      const isDoubt = DOUBTS.has(made.code)
      ;(isDoubt ? outcome.doubts : outcome.refusals).push(made)
      if (isDoubt) continue
    } else {
      splices.push(...made)
      changed.push(own.indexOf(place))
      if (made.length > 0 && place.isShared()) outcome.notes.push(sharedNote(file, place))
    }
    outcome.sightings.push(sightingOf(file, place))
    sighted.push(own.indexOf(place))
  }
  const isReached = (again: Located) => {
    const now = ownPlaces(again, task)
    outcome.sightings.forEach((sighting, at) => {
      const { tag = null, digest = null } = now[sighted[at] ?? -1] ?? {}
      sighting.after = { tag, digest }
    })
    return now.length === own.length && changed.every((index) => isCurrent(now[index], wish))
  }
  finish(file, located, splices, isReached, outcome)
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

/** Whether a place is a reference to an image of this normalised name. */
export function names(place: Place, normalised: string): boolean {
  return place.names.some((name) => readReference(name)?.name.normalised === normalised)
}

/**
 * What is the subject's, in the order of the text. Where the image gets another name, what has that name and
 * the version already is the subject's as well: it has been changed before.
 */
function ownPlaces({ places }: Located, { subject, wish }: FileTask): Place[] {
  const renamed = wish?.name === undefined ? null : readReference(wish.name)
  return places
    .filter(
      (place) =>
        place.marked !== undefined ||
        names(place, subject.image.normalised) ||
        (renamed !== null &&
          wish !== null &&
          names(place, renamed.name.normalised) &&
          isCurrent(place, wish)),
    )
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

function isCurrent(place: Place | undefined, wish: VersionWish): boolean {
  const left = place?.splices(wish)
  return Array.isArray(left) && left.length === 0
}

function splicesFor(
  file: TextFile,
  place: Place,
  { staleDigest }: FileTask,
  wish: VersionWish,
): Splice[] | Refusal {
  if (wish.tag === '' && (place.tag !== null || place.digest === null)) {
    const message = 'A tag stands here, or would have to, and only the digest of the new version is given.'
    return { code: 'tag-unknown', message, path: file.path, line: place.line, column: place.column }
  }
  const made = place.splices(wish)
  const isStale = staleDigest === 'refuse' && place.digest !== null && wish.digest === undefined
  if (!Array.isArray(made) || made.length === 0 || !isStale) return made
  const message = 'The digest is not known for the new version, and is not to be removed.'
  return { code: 'stale-digest', message, path: file.path, line: place.line, column: place.column }
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

function noteUnknownPlace(file: TextFile, { image }: Subject, outcome: FileOutcome): void {
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
