import type { App, Environment } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import { DIGEST_PATTERN, type ImageName } from '../../domain/image.ts'
import { versionIn } from '../../domain/semantic-version.ts'
import type { Version } from '../../domain/version.ts'
import type { FileEdit, Remark, Sighting, TextFile } from '../../edit/editor.ts'
import { notFoundMessage } from '../../edit/search/nearest.ts'
import { setImages } from '../../edit/set-images.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { type PresentDigests, writesDigests } from '../versions/pin.ts'
import { editFields, type FieldEdits, namedFiles, refusalReason } from './edit-fields.ts'
import { textsUnder } from './environment-files.ts'

/** The manifests of one environment with everything in it at one version. */
export interface Edited {
  /** Files that change, each once. */
  edits: FileEdit[]
  /** The paths of those that are written anew from a template. */
  rendered: string[]
  /** What each place that says a version says, before the edit. */
  says: FieldValues[]
  digests: PresentDigests
  /** Places that say the tag alone after the edit although digests are written. */
  unpinned: Pick<Sighting, 'path' | 'line'>[]
  /** The files of those places. */
  paths: string[]
  /** Images that fields write, besides those of the environment. */
  images: ImageName[]
  /** What was left alone and why. */
  notes: Remark[]
  /** Not null: nothing may be written. */
  problem: Reason | null
}

/**
 * Sets every image of the environment, one after the other, over the same files; then its fields; then renders
 * its templates. Templates and what they are rendered to are not searched for images.
 */
export function editEnvironment(
  tree: readonly ManifestFile[],
  app: App,
  environment: Environment,
  version: Version,
): Edited {
  const values = valuesOf(environment, version)
  const { unsearched, written } = namedFiles(tree, environment)
  const searched = textsUnder(tree, environment.path).filter(({ path }) => !unsearched.has(path))
  const images = editImages(searched, app, environment, values, version.digests ?? {})
  const changed = new Map(images.edits.map((edit) => [edit.path, edit.after]))
  const fields = editFields(tree, environment, values, changed)
  const sightings = images.sightings.filter((sighting) => !fields.covers(sighting))
  return {
    edits: joined(images.edits, fields.edits),
    rendered: fields.rendered,
    says: [...sightings.flatMap(saysOf), ...fields.says],
    digests: images.digests,
    unpinned: writesDigests(environment) ? sightings.filter(isUnpinned) : [],
    paths: [...new Set([...sightings.map(({ path }) => path), ...fields.paths])],
    images: fields.images,
    notes: [...images.notes.filter((note) => !isExplained(note, written)), ...fields.notes],
    problem: images.problem ?? fields.problem,
  }
}

interface ImageEdits extends Pick<FieldEdits, 'edits' | 'notes' | 'problem'>, Pick<Edited, 'digests'> {
  sightings: Sighting[]
}

function editImages(
  files: readonly TextFile[],
  app: App,
  environment: Environment,
  { tag = '', sha, version }: FieldValues,
  known: NonNullable<Version['digests']>,
): ImageEdits {
  const { images, path, imagePolicies } = environment
  const decidedElsewhere = environment.fields.length > 0
  const wish = { tag, ...(sha === undefined ? {} : { sha }), ...(version === undefined ? {} : { version }) }
  const pins = writesDigests(environment)
  const wishFor = ({ normalised }: ImageName) => {
    const digest = known[normalised]
    return digest === undefined ? wish : { ...wish, digest, pins }
  }
  const changes = images.map((image) => ({
    image,
    wish: wishFor(image),
    options: {
      app: app.name,
      policies: imagePolicies
        .filter((each) => each.image.normalised === image.normalised)
        .map(({ policy }) => policy),
      ...(decidedElsewhere ? { decidedElsewhere } : { addUnder: path }),
    },
  }))
  const { reports, edits } = setImages(files, changes)
  const sightings = reports.flatMap((report) => report.sightings)
  const notes = reports.flatMap((report) => report.notes)
  const digests = Object.fromEntries(
    reports.flatMap((report, index) => {
      const present = report.sightings.flatMap(digestOf)
      return present.length === 0 ? [] : [[images[index]?.normalised ?? '', present] as const]
    }),
  )
  const found = { sightings, notes, digests }
  for (const [index, report] of reports.entries()) {
    const [refusal] = report.refusals
    if (refusal !== undefined) return { ...found, edits: [], problem: refusalReason(refusal) }
    if (report.outcome === 'not-found' && !decidedElsewhere) {
      const message = notFoundMessage(images[index]?.written ?? '', `under ${path}`, report.seen)
      return { ...found, edits: [], problem: { code: 'image-not-found', message } }
    }
  }
  return { ...found, edits, problem: null }
}

function digestOf({ tag, digest }: Sighting): { tag: string | null; digest: string }[] {
  return digest === null || !DIGEST_PATTERN.test(digest) ? [] : [{ tag, digest }]
}

function isUnpinned({ tag, digest, after }: Sighting): boolean {
  const now = after ?? { tag, digest }
  return now.tag !== null && now.digest === null
}

function saysOf({ tag, says }: Sighting): FieldValues[] {
  return tag !== null ? [{ tag }] : says !== undefined ? [says] : []
}

function valuesOf({ images }: Environment, { tag, commit }: Version): FieldValues {
  const version = versionIn(tag)?.version
  const image = images[0]?.written
  return {
    tag,
    ...(commit === null ? {} : { sha: commit }),
    ...(version === undefined ? {} : { version }),
    ...(image === undefined ? {} : { image }),
  }
}

/** Edits of the same file, one made on the result of the other. */
function joined(first: readonly FileEdit[], second: readonly FileEdit[]): FileEdit[] {
  const edits = new Map(first.map((edit) => [edit.path, edit]))
  for (const edit of second) {
    edits.set(edit.path, { ...edit, before: edits.get(edit.path)?.before ?? edit.before })
  }
  return [...edits.values()].filter(({ before, after }) => before !== after)
}

const EXPLAINED = ['unknown-place', 'version-elsewhere']

/** A file whose field is set may name the image where no format looks: that is why there is a field. */
function isExplained({ code, path }: Remark, written: ReadonlySet<string>): boolean {
  return EXPLAINED.includes(code) && written.has(path)
}
