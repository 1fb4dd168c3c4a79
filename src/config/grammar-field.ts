import { type FieldPath, parseFieldPath } from '../domain/field-path.ts'
import { FIELD_VARIABLES, imageIn, VERSION_VARIABLES } from '../domain/field-value.ts'
import { checkManifestPath } from '../domain/path.ts'
import { parseTemplate, renderTemplate, type Template, templateVariables } from '../domain/template.ts'
import type { DocumentName } from './model.ts'
import { attempt, type Parsed, right, wrong } from './parsed.ts'

/** Values that stand for all others when the value of a field is judged. */
const SAMPLE = { sha: 'a'.repeat(40), tag: 'v1.2.3', version: '1.2.3', image: 'registry.example/a/b' }
const WORDS = /^[A-Za-z0-9_.+=-]+$/
const GIT_REF = /^refs\/(?:heads|tags)\/[A-Za-z0-9_./+-]+$/
const NAMES = VERSION_VARIABLES.map((name) => `{${name}}`).join(', ')

/** A file below the environment's directory. */
export function parseFieldFile(text: string): Parsed<string> {
  const problem = /[{}]/.test(text) ? `The path "${text}" has a variable.` : checkManifestPath(text)
  return problem === null
    ? right(text)
    : wrong(problem, 'Write a file below the path of the environment, such as kpack/image.yaml.')
}

/** `spec.source.git.revision`, `containers[name=web].image`. */
export function parseAt(text: string): Parsed<FieldPath> {
  return attempt(() => parseFieldPath(text))
}

/** `Image/web`, or `Image`. */
export function parseDocumentName(text: string): Parsed<DocumentName> {
  const [kind = '', name, ...rest] = text.split('/')
  if (/^[A-Za-z][A-Za-z0-9]*$/.test(kind) && name !== '' && rest.length === 0 && !/\s/.test(text))
    return right({ kind, name: name ?? null })
  return wrong(
    `"${text}" does not name a document.`,
    'Write the kind and the name of the object, such as Image/web.',
  )
}

/**
 * What is written to a field: a version with fixed text around, an image with a tag, or a Git ref. Nothing else
 * may come from the configuration of an application into the manifests (requirement 15).
 */
export function parseFieldValue(text: string): Parsed<Template> {
  const template = attempt(() => parseTemplate(text, FIELD_VARIABLES))
  if (!template.ok) return template
  const names = template.value.parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : []))
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined)
    return wrong(`The value "${text}" names {${twice}} more than once.`, 'Name each variable once.')
  if (!VERSION_VARIABLES.some((name) => names.includes(name)))
    return wrong(`The value "${text}" says no version.`, `Write one of ${NAMES} into it.`)
  const sample = renderTemplate(template.value, SAMPLE)
  if (WORDS.test(sample) || GIT_REF.test(sample) || imageIn(sample) !== null) return template
  return wrong(
    `The value "${text}" is neither a version nor an image with a tag.`,
    'Write it such as "{sha}", "v{version}", "{image}:{tag}" or "refs/tags/{tag}".',
  )
}

/** True when the value needs a tag that is a version. */
export function namesVersion(value: Template): boolean {
  return templateVariables(value).includes('version')
}

/** `flux-system:web`: namespace and name of a Flux ImagePolicy. */
export function isImagePolicy(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/.test(text)
}
