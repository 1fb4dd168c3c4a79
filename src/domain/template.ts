import { SupercargoError } from './errors.ts'
import { nearest } from './nearest.ts'
import { readableValue, safeValue } from './template-value.ts'

/** What a template file of a preview may name. */
export const PREVIEW_VARIABLES = [
  'number',
  'branch',
  'slug',
  'sha',
  'tag',
  'image',
  'digest',
  'host',
  'owner',
  'title',
  'url',
  'expires',
  'replicas',
] as const
export type PreviewVariable = (typeof PREVIEW_VARIABLES)[number]

/** What a preview's `path` may name: what stays the same as long as the preview lives. */
export const PREVIEW_PATH_VARIABLES = ['number', 'slug'] as const satisfies PreviewVariable[]

/** What a preview's `url` may name. */
export const PREVIEW_URL_VARIABLES = ['number', 'slug', 'sha'] as const satisfies PreviewVariable[]

/** What the text that a preview's page is expected to hold may name. */
export const PAGE_VARIABLES = ['sha', 'tag'] as const satisfies PreviewVariable[]

/** Values by the names of variables; a commit's `sha` is always given in full. */
export type TemplateValues = { readonly [name: string]: string | undefined }

/** A text with variables in braces, such as `apps/web/previews/pr-{number}`. There is no logic in it. */
export interface Template {
  source: string
  parts: TemplatePart[]
}

export type TemplatePart =
  | { kind: 'text'; text: string }
  /** `length`: only the first characters, as in `{sha:7}`. */
  | { kind: 'variable'; name: string; length: number | null }

const PLACEHOLDER = /\{([a-z]+)(?::([0-9]{1,2}))?\}/

/**
 * Reads a template whose every brace must belong to one of the variables.
 * @throws SupercargoError `template-invalid` for an unknown variable or a stray brace
 */
export function parseTemplate(source: string, variables: readonly string[]): Template {
  const parts: TemplatePart[] = []
  for (const piece of source.split(/(\{[^{}]*\})/)) {
    if (piece === '') continue
    const variable = piece.startsWith('{') ? readPlaceholder(piece, variables) : null
    if (variable !== null) parts.push(variable)
    else if (/[{}]/.test(piece)) throw invalid(source, piece, variables)
    else parts.push({ kind: 'text', text: piece })
  }
  return { source, parts }
}

/**
 * The template with its values as they are: the caller checks the result by the grammar of where it goes.
 * @throws SupercargoError `template-value-missing`
 */
export function renderTemplate(template: Template, values: TemplateValues): string {
  return template.parts
    .map((part) => (part.kind === 'text' ? part.text : cut(required(part.name, values), part.length)))
    .join('')
}

/** The names of the variables in it, each once. */
export function templateVariables(template: Template): string[] {
  return [...new Set(template.parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : [])))]
}

/**
 * Renders a template file of any format. `{name}` and `{sha:7}` are replaced where the name is one of the
 * variables; all other text with braces stays as it is (JSON, flow maps), as do `{{ … }}` (Helm) and `${…}`
 * (shell, Flux). No value can leave the YAML scalar or comment that it stands in: see safeValue(). Where a
 * value is the whole of a YAML value and would be read as a number or a boolean, it gets quotes.
 * @throws SupercargoError `template-value-missing`, `template-value-unsafe`
 */
export function renderText(text: string, variables: readonly string[], values: TemplateValues): string {
  let result = ''
  let end = 0
  for (const { name, length, ...at } of placeholdersIn(text, variables)) {
    const value = cut(safeValue(name, required(name, values)), length)
    result += text.slice(end, at.start) + readableValue(name, value, text, at.start, at.end)
    end = at.end
  }
  return result + text.slice(end)
}

/** Where a template file of any format names one of the variables; offsets in UTF-16 code units. */
export interface Placeholder {
  start: number
  end: number
  name: string
  /** As in TemplatePart. */
  length: number | null
}

/** What renderText() replaces, in order. */
export function placeholdersIn(text: string, variables: readonly string[]): Placeholder[] {
  const opening = /\$?\{\{|\$\{[^{}\n]*\}?|\{([a-z]+)(?::([0-9]{1,2}))?\}/g
  const lastClosing = text.lastIndexOf('}}')
  const found: Placeholder[] = []
  for (let match = opening.exec(text); match !== null; match = opening.exec(text)) {
    const [braces, name, digits] = match
    if (braces.endsWith('{{') && opening.lastIndex <= lastClosing) {
      opening.lastIndex = text.indexOf('}}', opening.lastIndex) + 2
    }
    if (name === undefined || !variables.includes(name)) continue
    const length = digits === undefined ? null : Number(digits)
    if (length !== null && !isLength(name, length)) continue
    found.push({ start: match.index, end: opening.lastIndex, name, length })
  }
  return found
}

/**
 * Reads the values back out of a rendered path; null when the template did not make it. Only for the
 * variables of PREVIEW_PATH_VARIABLES.
 */
export function readTemplate(template: Template, text: string): Record<string, string> | null {
  const names = template.parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : []))
  const source = template.parts.map((part) =>
    part.kind === 'text' ? escapeRegExp(part.text) : part.name === 'number' ? NUMBER : SLUG,
  )
  const match = new RegExp(`^${source.join('')}$`).exec(text)
  if (match === null) return null
  const values: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const value = match[index + 1] ?? ''
    if (values[name] !== undefined && values[name] !== value) return null
    values[name] = value
  }
  return values
}

/** The literal directory under which all results lie: `apps/web/previews` of `apps/web/previews/pr-{number}`. */
export function templateRoot(template: Template): string {
  const brace = template.source.indexOf('{')
  if (brace === -1) return template.source
  const slash = template.source.lastIndexOf('/', brace)
  return slash === -1 ? '' : template.source.slice(0, slash)
}

const NUMBER = '([1-9][0-9]{0,9})'
const SLUG = '([a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?)'

function readPlaceholder(piece: string, variables: readonly string[]): TemplatePart | null {
  const match = new RegExp(`^${PLACEHOLDER.source}$`).exec(piece)
  const name = match?.[1]
  if (name === undefined || !variables.includes(name)) return null
  const length = match?.[2] === undefined ? null : Number(match[2])
  return length === null || isLength(name, length) ? { kind: 'variable', name, length } : null
}

/** Only a commit's id can be cut, to 4 digits at least. */
function isLength(name: string, length: number): boolean {
  return name === 'sha' && length >= 4 && length <= 40
}

function required(name: string, values: TemplateValues): string {
  const value = Object.hasOwn(values, name) ? values[name] : undefined
  if (value !== undefined) return value
  throw new SupercargoError(`The variable {${name}} has no value here.`, {
    code: 'template-value-missing',
    kind: 'permanent',
    advice:
      name === 'version'
        ? 'Write {tag} instead: only a tag that ends in a version, such as v1.2.3, has a {version}.'
        : `Remove {${name}} from the template: previews of branches have no pull request, {host} and {url} need \`url\` in the configuration, and {expires} needs \`ttl\`.`,
  })
}

function cut(value: string, length: number | null): string {
  return length === null ? value : value.slice(0, length)
}

function invalid(source: string, piece: string, variables: readonly string[]): SupercargoError {
  const word = /^\{\s*([A-Za-z]+)/.exec(piece)?.[1]
  const near = word === undefined ? null : nearest(word, variables)
  const known = `The variables here are ${variables.map((each) => `{${each}}`).join(', ')}.`
  const why = word === undefined ? 'a brace stands alone' : `${piece} is not one of its variables`
  return new SupercargoError(`"${source}" is not a template: ${why}.`, {
    code: 'template-invalid',
    kind: 'permanent',
    advice: near === null || near === word ? known : `Did you mean {${near}}? ${known}`,
  })
}

/** The text as a pattern that matches nothing else. */
export function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
