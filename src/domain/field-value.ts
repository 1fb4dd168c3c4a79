import { type ImageName, readReference, TAG_PATTERN } from './image.ts'
import { escapeRegExp, type Template } from './template.ts'

/** What the value of a field may name, and a file that is rendered. */
export const FIELD_VARIABLES = ['sha', 'tag', 'version', 'image'] as const
export type FieldVariable = (typeof FIELD_VARIABLES)[number]

/** Of these at least one must be named, or nobody could tell which version is there. */
export const VERSION_VARIABLES = ['sha', 'tag', 'version'] as const satisfies FieldVariable[]

/** Values by the names of variables. */
export type FieldValues = { readonly [name in FieldVariable]?: string }

/** A text longer than this was made by no template. */
const MAX_LENGTH = 600

const PATTERNS: Record<FieldVariable, string> = {
  sha: '[0-9a-f]{4,64}',
  tag: TAG_PATTERN.source.slice(1, -1),
  version: '[0-9]{1,9}\\.[0-9]{1,9}\\.[0-9]{1,9}(?:[-+][0-9A-Za-z.+-]{1,100})?',
  image: '[A-Za-z0-9\\[][^\\s@"\'=,]{0,254}',
}

/**
 * Reads the values back out of a text that a template made; null when it did not make it. An abbreviated commit
 * is read as well where the template writes it in full.
 * @param template names each variable at most once
 */
export function readFieldValue({ parts }: Pick<Template, 'parts'>, text: string): FieldValues | null {
  if (text.length > MAX_LENGTH) return null
  const names = parts.flatMap((part) => (part.kind === 'variable' ? [part.name] : []))
  const source = parts.map((part) =>
    part.kind === 'text' ? escapeRegExp(part.text) : `(${isVariable(part.name) ? PATTERNS[part.name] : ''})`,
  )
  const match = new RegExp(`^${source.join('')}$`).exec(text)
  if (match === null) return null
  return Object.fromEntries(names.map((name, index) => [name, match[index + 1]]))
}

/** Whether a text names an image, well or badly: a version alone and the ref of a Git repository do not. */
export function namesImage(text: string): boolean {
  return /[/:@]/.test(text) && !/^refs\/(?:heads|tags)\//.test(text)
}

/** The image that a text would make something run; null when it names none. */
export function imageIn(text: string): ImageName | null {
  return namesImage(text) ? (readReference(text)?.name ?? null) : null
}

function isVariable(name: string): name is FieldVariable {
  return (FIELD_VARIABLES as readonly string[]).includes(name)
}
