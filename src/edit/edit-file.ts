import type { OverriddenBy } from './across-files/overrides.ts'
import { applySplices, inOrder } from './apply-splices.ts'
import { keepsVersion } from './behind-name.ts'
import type { Located, Place, Refusal, Sighting, Splice, Subject, TextFile, VersionWish } from './editor.ts'
import { type FileOutcome, newOutcome, refusalOf } from './file-outcome.ts'
import { isKustomizationPath } from './formats/kind.ts'
import { manifestEditor } from './manifest-editor.ts'
import { findMention, isProse } from './search/mention.ts'
import { names } from './search/names.ts'
import { findOtherVersions } from './search/other-versions.ts'
import { LINE_FORMAT } from './text/text-editor.ts'
import { yamlEditor } from './yaml-editor.ts'

export interface FileTask {
  subject: Subject
  /** Null: only look. */
  wish: VersionWish | null
  /** What becomes of a digest that is not known any more. */
  staleDigest: 'remove' | 'refuse'
  overriddenBy: OverriddenBy
  /** Whether to add a version where an entry has none. */
  adds: boolean
}

/** Refusals of one place that forbid the edit only when the image is named nowhere else. */
export const DOUBTS = [
  'not-literal',
  'ambiguous-pair',
  'version-elsewhere',
  'marker-alone',
  'marked-for-another',
]

/** Looks for the image in one file, and brings what it finds to the wished version. Never throws. */
export function editFile(file: TextFile, task: FileTask): FileOutcome {
  const { subject, wish } = task
  const outcome = newOutcome(file.path)
  const located = manifestEditor.locate(file, subject)
  const own = ownPlaces(located, task)
  const chosen = own.filter((place) => isChosen(file, place, task, outcome))
  noteMentions(file, task, located, own, outcome)
  if (wish === null) {
    for (const place of chosen) addSighting(file, place, outcome)
    return outcome
  }
  const splices: Splice[] = []
  const changed = new Set<Place>()
  const edited = new Set<Place>()
  const sighted = new Map<Place, Sighting>()
  for (const place of chosen) {
    const made = splicesFor(file, place, task, wish)
    if (!Array.isArray(made)) {
      const isDoubt = DOUBTS.includes(made.code)
      ;(isDoubt ? outcome.doubts : outcome.refusals).push(made)
      if (isDoubt) continue
    } else {
      splices.push(...made)
      changed.add(place)
      if (made.length > 0) {
        edited.add(place)
        noteChange(file, place, outcome)
      }
    }
    const sighting = addSighting(file, place, outcome)
    if (sighting !== null) sighted.set(place, sighting)
  }
  const isDone = (again: Located) => {
    const now = ownPlaces(again, task)
    for (const [place, sighting] of sighted) {
      const { tag, digest, says } = now[own.indexOf(place)] ?? place
      sighting.after = { tag, digest, ...(says === undefined ? {} : { says }) }
      sighting.isEdited = edited.has(place)
    }
    return isReached(own, changed, now, wish)
  }
  finish(file, located, splices, isDone, outcome)
  if (own.length > 0) noteOthers(file, task, wish, own, outcome)
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

/**
 * What is the subject's, in the order of the text. Where the image gets another name, what has that name and
 * the version already is the subject's as well: it has been changed before.
 */
function ownPlaces({ places }: Located, { subject, wish }: FileTask): Place[] {
  const { image, renamed } = subject
  const isChanged = (place: Place) =>
    renamed !== null && wish !== null && names(place, renamed.normalised) && isCurrent(place, wish)
  return places
    .filter((place) => place.marked !== undefined || names(place, image.normalised) || isChanged(place))
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

/** Whether the subject's places are those that they were, and all that were to change have the version. */
function isReached(own: Place[], changed: ReadonlySet<Place>, now: Place[], wish: VersionWish): boolean {
  const before = withoutMarked(own)
  const after = withoutMarked(now)
  return (
    after.length === before.length &&
    before.every((place, index) => !changed.has(place) || isCurrent(after[index], wish)) &&
    now.filter((place) => !isCurrent(place, wish)).length <= own.length - changed.size
  )
}

/** Without what a format finds at a marker's scalar: that can become the image's by what the marker writes. */
function withoutMarked(places: Place[]): Place[] {
  const marked = new Set(places.flatMap(({ marked, line, column }) => (marked ? [`${line}:${column}`] : [])))
  return places.filter((place) => place.marked !== undefined || !marked.has(`${place.line}:${place.column}`))
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
  const isByDigest = wish.tag === '' && wish.digest !== undefined
  if (isByDigest && !place.takesDigest && (place.tag !== null || place.digest === null)) {
    const message = 'A tag stands here, or would have to, and only the digest of the new version is given.'
    return { code: 'tag-unknown', message, path: file.path, line: place.line, column: place.column }
  }
  const made = place.splices(wish)
  const isStale =
    staleDigest === 'refuse' && place.digest !== null && wish.digest === undefined && wish.tag !== ''
  if (!Array.isArray(made) || made.length === 0 || !isStale) return made
  const message = 'The digest is not known for the new version, and is not to be removed.'
  return { code: 'stale-digest', message, path: file.path, line: place.line, column: place.column }
}

function isChosen(file: TextFile, place: Place, task: FileTask, outcome: FileOutcome): boolean {
  const decider = task.overriddenBy(file.path, place)
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
  const isAlone = place.adds && !(task.wish !== null && keepsVersion(task.wish))
  if (isAlone && !task.adds) outcome.couldAdd = true
  return !isAlone || task.adds
}

/** Says where the file names the image and nothing there is changed. */
function noteMentions(
  file: TextFile,
  { subject }: FileTask,
  { unread }: Located,
  own: Place[],
  outcome: FileOutcome,
): void {
  if ((own.length > 0 && unread.length === 0) || isProse(file.path)) return
  const mention = findMention(file.text, subject.image)
  if (mention === null) return
  if (unread.length > 0) outcome.doubts.push(...unread.map(refusalOf))
  else if (yamlEditor.accepts(file.path)) {
    const message = 'The image is named here in a place that no format knows, which is left alone.'
    outcome.notes.push({ code: 'unknown-place', message, path: file.path, ...mention })
  } else {
    const message = 'The file names the image, but it is not YAML, and no line of it is a literal image.'
    outcome.doubts.push({ code: 'not-yaml', message, path: file.path, ...mention })
  }
}

/**
 * Says where a file that is edited has the image with another version, in a place that is not. What stands in a
 * kustomization besides its entries is what they change.
 */
function noteOthers(
  { path, text }: TextFile,
  { subject }: FileTask,
  wish: VersionWish,
  own: Place[],
  outcome: FileOutcome,
): void {
  const { edit, notes, doubts, refusals } = outcome
  if (isProse(path) || isKustomizationPath(path) || refusals.length > 0 || keepsVersion(wish)) return
  const known = new Set([...own, ...notes, ...doubts].map(({ line }) => line))
  const others = findOtherVersions({ path, text: edit?.after ?? text }, subject.image, wish, {
    isYaml: yamlEditor.accepts(path),
    isKnown: (line) => known.has(line),
  })
  if (others === null) return
  const { line, column, lines } = others
  const more = lines === 1 ? '' : `, as on ${lines - 1} more ${lines === 2 ? 'line' : 'lines'}`
  const message = `Another version of the image stands here in a place that no format knows${more}; it is left alone.`
  notes.push({ code: 'unknown-place', message, path, line, column })
}

function noteChange({ path }: TextFile, place: Place, { notes }: FileOutcome): void {
  const { line, column } = place
  if (place.isShared()) {
    const message = 'The version is written once and used in several places by an anchor; all of them change.'
    notes.push({ code: 'anchor-changed', message, path, line, column })
  }
  if (place.format === LINE_FORMAT) {
    const message =
      'The file is no YAML until it is rendered; of this line only the literal image is changed.'
    notes.push({ code: 'line-mode', message, path, line, column })
  }
}

/** What a format and a marker both say is one sighting. */
function addSighting({ path }: TextFile, place: Place, { sightings }: FileOutcome): Sighting | null {
  const { line, column, format, tag, digest, says } = place
  const last = sightings.at(-1)
  if (last?.line === line && last.column === column) return null
  const sighting = { path, line, column, format, tag, digest, ...(says === undefined ? {} : { says }) }
  sightings.push(sighting)
  return sighting
}
