import { DIGEST_PATTERN, type ImageName, TAG_PATTERN } from '../domain/image.ts'
import { addImage, kustomizationUnder } from './add-image.ts'
import { editFile, type FileOutcome, type FileTask, names } from './edit-file.ts'
import type { EditReport, Refusal, TextFile, VersionWish } from './editor.ts'
import { isKustomizationPath } from './formats/kind.ts'
import { needleOf } from './mention.ts'
import { nearestNames } from './nearest.ts'
import { readOverrides } from './overrides.ts'
import { yamlEditor } from './yaml-editor.ts'

export interface SetImageOptions {
  /**
   * The environment's path. When no file names the image, and this is a kustomization or a directory with one,
   * an `images:` entry is added there.
   */
  addUnder?: string
}

/** At most this much text is read to say which other images there are: UTF-16 code units. */
const MAX_SEEN = 4 * 1024 * 1024

/** Where the files name the image, and at which versions. Never throws; `edits` is []. */
export function findImages(files: readonly TextFile[], image: ImageName): EditReport {
  return run(files, image, null, {})
}

/**
 * Brings every reference to the image to the wished version, and changes no byte besides. Applied twice it
 * changes nothing more. Never throws: where it cannot do so it refuses, and then there are no edits at all.
 */
export function setImage(
  files: readonly TextFile[],
  image: ImageName,
  wish: VersionWish,
  options: SetImageOptions = {},
): EditReport {
  const problem = wishProblem(wish, options.addUnder ?? '')
  return problem === null ? run(files, image, wish, options) : reportOf([refused(problem)])
}

function run(
  files: readonly TextFile[],
  image: ImageName,
  wish: VersionWish | null,
  { addUnder }: SetImageOptions,
): EditReport {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const named = sorted.filter((file) => file.text.includes(needleOf(image)))
  const overriddenBy = named.some((file) => isKustomizationPath(file.path))
    ? readOverrides(sorted)
    : () => null
  const task: FileTask = { image, wish, overriddenBy, adds: false }
  const outcomes = named.map((file) => editFile(file, task))
  const isFound = () => outcomes.some(({ sightings, refusals }) => sightings.length + refusals.length > 0)

  if (!isFound()) {
    named.forEach((file, index) => {
      if (outcomes[index]?.couldAdd) outcomes[index] = editFile(file, { ...task, adds: true })
    })
  }
  const isNamed = outcomes.some(({ doubts }) => doubts.some(({ code }) => code === 'not-literal'))
  if (!isFound() && !isNamed && wish !== null && addUnder !== undefined) {
    const kustomization = kustomizationUnder(sorted, addUnder)
    if (kustomization !== null) outcomes.push(addImage(kustomization, image, wish))
  }
  const report = reportOf(outcomes)
  if (report.sightings.length === 0 && report.edits.length === 0) {
    report.seen = nearestNames(image.written, otherNames(sorted, image), 5)
  }
  return report
}

/** Doubts about one file forbid the edit only where nothing else was found; else they are notes. */
function reportOf(outcomes: FileOutcome[]): EditReport {
  const isFound = outcomes.some(({ sightings, edit }) => sightings.length > 0 || edit !== null)
  const doubts = outcomes.flatMap((outcome) => outcome.doubts)
  const refusals = [...outcomes.flatMap((outcome) => outcome.refusals), ...(isFound ? [] : doubts)]
  return {
    edits: refusals.length > 0 ? [] : outcomes.flatMap(({ edit }) => edit ?? []),
    sightings: outcomes.flatMap(({ sightings }) => sightings),
    refusals,
    notes: [...(isFound ? doubts : []), ...outcomes.flatMap(({ notes }) => notes)],
    seen: [],
  }
}

function otherNames(files: readonly TextFile[], image: ImageName): string[] {
  let budget = MAX_SEEN
  return files.flatMap((file) => {
    if (!yamlEditor.accepts(file.path) || file.text.length > budget) return []
    budget -= file.text.length
    return yamlEditor
      .locate(file)
      .places.filter((place) => !names(place, image))
      .flatMap((place) => place.names[0] ?? [])
  })
}

function wishProblem({ tag, digest }: VersionWish, path: string): Refusal | null {
  const refusal = (code: string, message: string) => ({ code, message, path, line: 1, column: 1 })
  if (!TAG_PATTERN.test(tag)) return refusal('invalid-tag', `"${tag}" is not a tag that a registry takes.`)
  if (digest !== undefined && !DIGEST_PATTERN.test(digest)) {
    return refusal('invalid-digest', `"${digest}" is not a digest such as sha256:….`)
  }
  return null
}

function refused(refusal: Refusal): FileOutcome {
  return { edit: null, sightings: [], refusals: [refusal], doubts: [], notes: [], couldAdd: false }
}
