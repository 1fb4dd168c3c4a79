import {
  DIGEST_PATTERN,
  type ImageName,
  parseImageName,
  readReference,
  TAG_PATTERN,
} from '../domain/image.ts'
import { addImage, kustomizationUnder } from './across-files/add-image.ts'
import { mayOverride, readOverrides } from './across-files/overrides.ts'
import { tagsElsewhere } from './across-files/split-values.ts'
import { DOUBTS, editFile, type FileTask } from './edit-file.ts'
import type { EditReport, Outcome, Refusal, SeenName, Subject, TextFile, VersionWish } from './editor.ts'
import { type FileOutcome, fileReports, newOutcome } from './file-outcome.ts'
import { manifestEditor } from './manifest-editor.ts'
import { mayConcern } from './search/mention.ts'
import { names } from './search/names.ts'
import { nearestNames } from './search/nearest.ts'

export interface SetImageOptions {
  /**
   * The environment's path. When no file names the image, and this is a kustomization or a directory with one,
   * an `images:` entry is added there.
   */
  addUnder?: string
  /** The app that `# supercargo: <app>…` markers may name, besides the image itself. */
  app?: string
  /** Flux image policies `namespace:name` whose `$imagepolicy` markers mean this image. */
  policies?: readonly string[]
  /** What becomes of a digest beside a tag when the new one is not known. By default it is removed. */
  staleDigest?: 'remove' | 'refuse'
  /** True where something else says the version as well: what may be a reference is then noted, not refused. */
  decidedElsewhere?: boolean
}

/** https://semver.org/#is-there-a-suggested-regular-expression-regex-to-check-a-semver-string, less strict in zeros. */
const VERSION_PATTERN = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/

/** More than this is refused. */
const MAX_FILES = 100_000

/** At most this much text is read to say which other images there are: UTF-16 code units. */
const MAX_SEEN = 4 * 1024 * 1024

/** Where the files name the image, and at which versions. Never throws; `edits` is []. */
export function findImages(
  files: readonly TextFile[],
  image: ImageName,
  options: SetImageOptions = {},
): EditReport {
  return run(files, image, null, options, () => [])
}

/**
 * Brings every reference to the image to the wished version, and changes no byte besides. Applied twice it
 * changes nothing more. Throws only what `others` throws: where it cannot do so it refuses, and then there are no
 * edits at all.
 * @param others files that cannot matter to the image (`search/may-matter.ts`), asked for only to say what else is
 *   there when nothing names it
 */
export function setImage(
  files: readonly TextFile[],
  image: ImageName,
  wish: VersionWish,
  options: SetImageOptions = {},
  others: () => readonly TextFile[] = () => [],
): EditReport {
  const problem = wishProblem(wish, options.addUnder ?? '')
  return problem === null ? run(files, image, wish, options, others) : refused(problem)
}

function run(
  files: readonly TextFile[],
  image: ImageName,
  wish: VersionWish | null,
  options: SetImageOptions,
  others: () => readonly TextFile[],
): EditReport {
  const { addUnder, app = null, policies = [], staleDigest = 'remove' } = options
  if (files.length > MAX_FILES) {
    const message = `There are more than ${MAX_FILES} files; name a smaller directory.`
    return refused({ code: 'too-many-files', message, path: addUnder ?? '', line: 1, column: 1 })
  }
  const renamed = wish?.name === undefined ? null : parseImageName(wish.name)
  const subject: Subject = { image, renamed, app, policies }
  const sorted = inOrder(files)
  const named = sorted.filter((file) => mayConcern(file.text, subject))
  const overriddenBy = named.some(mayOverride) ? readOverrides(sorted) : () => null
  const task: FileTask = { subject, wish, staleDigest, overriddenBy, adds: false }
  const outcomes = named.map((file) => editFile(file, task))
  const naming = new Set(outcomes.filter(isNaming).map(({ path }) => path))
  const elsewhere = tagsElsewhere(sorted, (path) => naming.has(path), image)
  outcomes.push(...elsewhere.map((doubt) => ({ ...newOutcome(doubt.path), doubts: [doubt] })))
  const isFound = () => outcomes.some(({ sightings, refusals }) => sightings.length + refusals.length > 0)

  if (!isFound() && elsewhere.length === 0) {
    named.forEach((file, index) => {
      if (outcomes[index]?.couldAdd) outcomes[index] = editFile(file, { ...task, adds: true })
    })
  }
  const isNamed = outcomes.some(({ doubts }) => doubts.some(({ code }) => DOUBTS.includes(code)))
  if (!isFound() && !isNamed && wish !== null && addUnder !== undefined) {
    const kustomization = kustomizationUnder(sorted, addUnder)
    if (kustomization !== null) outcomes.push(addImage(kustomization, image, wish))
  }
  const report = reportOf(outcomes, options.decidedElsewhere)
  if (report.sightings.length === 0 && report.edits.length === 0) {
    report.seen = nearestNames(image.written, otherNames(inOrder([...files, ...others()]), image), 5)
  }
  return report
}

function inOrder(files: readonly TextFile[]): TextFile[] {
  return [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** Whether a file names the image in a place that a format knows. */
function isNaming({ sightings, refusals, doubts, couldAdd }: FileOutcome): boolean {
  return sightings.length + refusals.length + doubts.length > 0 || couldAdd
}

/** Doubts about one file forbid the edit only where nothing else was found; else they are notes. */
function reportOf(outcomes: FileOutcome[], decidedElsewhere = false): EditReport {
  const isFound = outcomes.some(({ sightings, edit }) => sightings.length > 0 || edit !== null)
  const doubts = outcomes.flatMap((outcome) => outcome.doubts)
  const isDecided = isFound || decidedElsewhere
  const refusals = [...outcomes.flatMap((outcome) => outcome.refusals), ...(isDecided ? [] : doubts)]
  const isRefused = refusals.length > 0
  const edits = isRefused ? [] : outcomes.flatMap(({ edit }) => edit ?? [])
  const outcome: Outcome = isRefused
    ? 'refused'
    : edits.length > 0
      ? 'updated'
      : isFound
        ? 'current'
        : 'not-found'
  return {
    outcome,
    files: fileReports(outcomes, isRefused),
    edits,
    sightings: outcomes.flatMap(({ sightings }) => sightings),
    refusals,
    notes: [...(isDecided ? doubts : []), ...outcomes.flatMap(({ notes }) => notes)],
    seen: [],
  }
}

/** The names of other images, with the number of files that each stands in. */
function otherNames(files: readonly TextFile[], image: ImageName): SeenName[] {
  const counts = new Map<string, number>()
  let budget = MAX_SEEN
  for (const file of files) {
    if (!manifestEditor.accepts(file.path) || file.text.length > budget) continue
    budget -= file.text.length
    const others = manifestEditor.locate(file).places.filter((place) => !names(place, image.normalised))
    for (const name of new Set(others.flatMap((place) => place.names[0] ?? []))) {
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
  }
  return [...counts].map(([name, count]) => ({ name, files: count }))
}

function wishProblem(wish: VersionWish, path: string): Refusal | null {
  const refusal = (code: string, message: string) => ({ code, message, path, line: 1, column: 1 })
  const { tag, digest, name, sha, version } = wish
  const mayBeEmpty = digest !== undefined || name !== undefined
  if (!(tag === '' && mayBeEmpty) && !TAG_PATTERN.test(tag)) {
    return refusal('invalid-tag', `"${tag}" is not a tag that a registry takes.`)
  }
  if (digest !== undefined && !DIGEST_PATTERN.test(digest)) {
    return refusal('invalid-digest', `"${digest}" is not a digest such as sha256:….`)
  }
  const reference = name === undefined ? null : readReference(name)
  if (name !== undefined && reference?.name.written !== name) {
    return refusal('invalid-name', `"${name}" is not the name of an image without tag and digest.`)
  }
  if (sha !== undefined && !/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)) {
    return refusal('invalid-sha', `"${sha}" is not the full id of a commit.`)
  }
  if (version !== undefined && !VERSION_PATTERN.test(version)) {
    return refusal('invalid-version', `"${version}" is not a semantic version without a leading v.`)
  }
  return null
}

function refused(refusal: Refusal): EditReport {
  return reportOf([{ ...newOutcome(refusal.path), refusals: [refusal] }])
}
