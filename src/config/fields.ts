import { type ImageName, sameImage } from '../domain/image.ts'
import { nearest } from '../domain/nearest.ts'
import { versionIn } from '../domain/semantic-version.ts'
import { renderTag, type TagTemplate, tagVariables } from '../domain/tag-template.ts'
import type { WrittenField } from './field-schema.ts'
import { parseImage } from './grammar.ts'
import { isImagePolicy, namesVersion, parseAt, parseDocumentName, parseFieldValue } from './grammar-field.ts'
import { type Level, pick } from './level.ts'
import type { Environment, Field, ImagePolicy, Problem } from './model.ts'
import { problemAt } from './problem.ts'
import { complain, judged, type Reading } from './reading.ts'
import { type Path, pathKey } from './tree.ts'

/** The fields of an environment, its own or inherited; [] where nothing is said. */
export function readFields(
  reading: Reading,
  levels: Level[],
  { name, follow, tag }: Pick<Environment, 'name' | 'follow' | 'tag'>,
): Field[] {
  const said = pick(levels, ['fields'], reading.removed)
  if (said === null || said === 'removed') return []
  const fields = (said.value as WrittenField[]).map(readField)
  const hasVersion = follow.kind !== 'branch' || hasVersions(tag, follow.branch)
  for (const [index, field] of fields.entries()) {
    const path = [...said.path, index]
    complainAboutRivals(reading, field, fields.slice(0, index), path)
    if (field.kind === 'set' && namesVersion(field.value) && !hasVersion) {
      const message = `The environment ${name} follows a branch, whose images have no {version}.`
      complain(reading, [...path, 'value'], 'invalid-value', message, 'Write {tag} or {sha}.')
    }
  }
  return fields
}

/** The Flux image policies of an environment's images; what is inherited may speak of those of other heirs. */
export function readImagePolicies(
  reading: Reading,
  levels: Level[],
  images: readonly ImageName[],
): ImagePolicy[] {
  const said = pick(levels, ['imagePolicies'], reading.removed)
  if (said === null || said === 'removed') return []
  return Object.entries(said.value as Record<string, string>).flatMap(([policy, text]) => {
    const path = [...said.path, policy]
    if (!isImagePolicy(policy)) {
      const message = `"${policy}" is not the name of an image policy.`
      complain(reading, path, 'invalid-value', message, 'Write namespace:name, such as flux-system:web.')
    }
    const image = judged(parseImage(text))
    const isUsed = images.some((each) => sameImage(each, image))
    const key = pathKey(path)
    if (isUsed) reading.unused.set(key, null)
    else if (!reading.unused.has(key)) reading.unused.set(key, notAnImage(reading, image, images, path))
    return isUsed ? [{ policy, image }] : []
  })
}

/** A field with its paths below a directory; `''` is the root. */
export function fieldBelow(directory: string, field: Field): Field {
  const below = (path: string) => (directory === '' ? path : `${directory}/${path}`)
  return field.kind === 'set'
    ? { ...field, file: below(field.file) }
    : { ...field, template: below(field.template), to: below(field.to) }
}

/** Whether the tags of a branch's commits have a version in them. */
function hasVersions(template: TagTemplate, branch: string): boolean {
  const tag = renderTag(template, { commit: 'a'.repeat(40), branch })
  return tagVariables(template).includes('version') || (tag !== null && versionIn(tag) !== null)
}

function readField(written: WrittenField): Field {
  if (written.render !== undefined)
    return { kind: 'render', template: written.render, to: written.to ?? written.render }
  return {
    kind: 'set',
    file: written.file ?? '',
    document: written.in === undefined ? null : judged(parseDocumentName(written.in)),
    at: judged(parseAt(written.at ?? '')),
    value: judged(parseFieldValue(written.value ?? '')),
  }
}

/** What is rendered is written as a whole, so nothing else can say what stands in it. */
function complainAboutRivals(reading: Reading, field: Field, others: readonly Field[], path: Path): void {
  const rival = others.find((other) => areRivals(field, other))
  if (rival !== undefined) {
    const what = field.kind === 'render' ? field.to : field.file
    const message = `Two entries decide what stands in ${what}.`
    complain(reading, path, 'conflict', message, 'Keep one of the two.')
  } else if (field.kind === 'render' && field.template === field.to) {
    const message = `The template ${field.template} would be written over itself.`
    complain(reading, path, 'conflict', message, 'Give the file another name than the template.')
  }
}

/** Whether two fields, with paths from the same directory, decide what stands in the same place. */
export function areRivals(a: Field, b: Field): boolean {
  if (a.kind === 'set' && b.kind === 'set')
    return (
      a.file === b.file &&
      a.at.source === b.at.source &&
      a.document?.kind === b.document?.kind &&
      a.document?.name === b.document?.name
    )
  if (a.kind === 'render' && b.kind === 'render')
    return a.to === b.to || a.to === b.template || a.template === b.to
  const [set, render] = a.kind === 'set' ? [a, b] : [b, a]
  return (
    set.kind === 'set' && render.kind === 'render' && (set.file === render.to || set.file === render.template)
  )
}

function notAnImage(
  { document }: Reading,
  image: ImageName,
  images: readonly ImageName[],
  path: Path,
): Problem {
  const names = images.map(({ written }) => written)
  const near = nearest(image.written, names)
  const advice = near === null ? `Write ${names.join(' or ')}.` : `Did you mean ${near}?`
  const message = `No environment here has the image ${image.written}.`
  return problemAt(document.file, document.valueAt(path), 'invalid-value', message, advice)
}
