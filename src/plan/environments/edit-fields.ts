import { fieldBelow } from '../../config/fields.ts'
import type { Environment, RenderField, SetField } from '../../config/model.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { type FieldValues, imageIn, namesImage, readFieldValue } from '../../domain/field-value.ts'
import type { ImageName } from '../../domain/image.ts'
import { renderTemplate } from '../../domain/template.ts'
import type { FileEdit, Refusal, Remark, Sighting, TextFile } from '../../edit/editor.ts'
import { renderFile, valuesInRendered } from '../../edit/fields/render-file.ts'
import { type FieldWish, setFields } from '../../edit/fields/set-fields.ts'
import { findImages } from '../../edit/set-image.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { fieldDirectory, textFiles, whyNotWritten } from './environment-files.ts'

/** What the fields of an environment change, and what they say before. */
export interface FieldEdits {
  edits: FileEdit[]
  says: FieldValues[]
  paths: string[]
  /** Those of the files that are written anew from a template. */
  rendered: string[]
  /** Images that are written. */
  images: ImageName[]
  notes: Remark[]
  /** Not null: nothing may be written. */
  problem: Reason | null
  /** Whether a field decides what stands in that place. */
  covers(sighting: Sighting): boolean
}

/** Files that the fields of an environment name, by their path in the repository. */
export interface NamedFiles {
  /** Templates, and what is made of them: not searched for images. */
  unsearched: Set<string>
  /** Those that are changed or written. */
  written: Set<string>
}

export function namedFiles(tree: readonly ManifestFile[], environment: Environment): NamedFiles {
  const { sets, renders } = fieldsIn(tree, environment)
  return {
    unsearched: new Set(renders.flatMap(({ template, to }) => [template, to])),
    written: new Set([...sets.map(({ file }) => file), ...renders.map(({ to }) => to)]),
  }
}

/**
 * Sets the fields and renders the templates of an environment.
 * @param tree what the manifest repository holds: by it goes what the fields say now
 * @param changed texts of files that have been edited already
 */
export function editFields(
  tree: readonly ManifestFile[],
  environment: Environment,
  values: FieldValues,
  changed: ReadonlyMap<string, string>,
): FieldEdits {
  const { sets, renders } = fieldsIn(tree, environment)
  const before = textFiles(tree)
  const after = before.map(({ path, text }) => ({ path, text: changed.get(path) ?? text }))
  const wishes = sets.map((field) => wishOf(field, values))
  const wrong = wishes.find((wish) => 'code' in wish)
  const wanted = wishes.filter((wish) => 'value' in wish)

  const sightings = wrong === undefined ? setFields(before, wanted).sightings : []
  const done = setFields(after, wrong === undefined ? wanted : [])
  const rendered = renders.map((field) => render(field, tree, before, environment, values))
  const problems = [wrong, ...done.refusals.map(refusalReason), ...rendered.map(({ problem }) => problem)]
  const found = sightings.flatMap((sighting, index) => {
    const value = sets[index]?.value
    if (sighting === null || sighting.text === '' || value === undefined) return []
    return [readFieldValue(value, sighting.text) ?? { tag: sighting.text.slice(0, 100) }]
  })
  const anew = rendered.flatMap(({ edit }) => edit ?? [])
  return {
    edits: [...done.edits, ...anew],
    rendered: anew.map(({ path }) => path),
    says: [...found, ...rendered.flatMap(({ says }) => says)],
    paths: [...sets.map(({ file }) => file), ...renders.map(({ to }) => to)],
    images: wanted.flatMap(({ value }) => imageIn(value) ?? []),
    notes: done.notes,
    problem: problems.find((problem) => problem !== undefined && problem !== null) ?? null,
    covers: ({ path, line, column }) =>
      sightings.some((each) => each?.path === path && each.line === line && each.column === column),
  }
}

/** A refusal of the editors, with its place. */
export function refusalReason({ code, message, path, line, column }: Refusal): Reason {
  return { code, message: `${message} (${path}:${line}:${column})` }
}

/** The fields with paths from the repository's root. */
function fieldsIn(tree: readonly ManifestFile[], environment: Environment) {
  const directory = fieldDirectory(tree, environment)
  const fields = environment.fields.map((field) => fieldBelow(directory, field))
  return {
    sets: fields.filter((field) => field.kind === 'set'),
    renders: fields.filter((field) => field.kind === 'render'),
  }
}

function wishOf({ file, document, at, value }: SetField, values: FieldValues): FieldWish | Reason {
  try {
    const text = renderTemplate(value, values)
    return namesImage(text) && imageIn(text) === null
      ? { code: 'image-invalid', message: `"${text}" is not a reference to an image (${file}).` }
      : { path: file, document, at, value: text }
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    return { code: error.code, message: `${error.message} ${error.advice ?? ''} (${file})` }
  }
}

interface Rendered {
  edit: FileEdit | null
  says: FieldValues[]
  problem: Reason | null
}

function render(
  { template: path, to }: RenderField,
  tree: readonly ManifestFile[],
  files: readonly TextFile[],
  environment: Environment,
  values: FieldValues,
): Rendered {
  const template = files.find((file) => file.path === path)
  const present = files.find((file) => file.path === to)
  const says = template === undefined || present === undefined ? [] : saysIn(template, present, environment)
  const refuse = (code: string, message: string) => ({ edit: null, says, problem: { code, message } })
  if (template === undefined) return refuse('template-not-found', `There is no text file ${path}.`)
  const blocked = whyNotWritten(tree, to)
  if (blocked !== null) return refuse('path-invalid', blocked)
  const text = renderFile(template, values)
  if (typeof text !== 'string') return { edit: null, says, problem: refusalReason(text) }
  const edit = { path: to, before: present?.text ?? '', after: text }
  return { edit: text === present?.text ? null : edit, says, problem: null }
}

/** What a rendered file says: of the images where a format finds them, else by the lines of its template. */
function saysIn(template: TextFile, present: TextFile, { images }: Environment): FieldValues[] {
  const tags = images
    .flatMap((image) => findImages([present], image).sightings)
    .flatMap(({ tag }) => (tag === null ? [] : [{ tag }]))
  return tags.length > 0 ? tags : [valuesInRendered(template.text, present.text) ?? []].flat()
}
