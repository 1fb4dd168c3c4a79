import type { ParsedNode, Scalar } from 'yaml'
import type { Place, Refusal, Splice } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { respell } from './scalar.ts'

/** What is behind the value is written by somebody else: `${TAG}`, `$TAG`, `$(TAG)`, `{{ .Values.tag }}`, `<tag>`. */
const TEMPLATE = /\$[\w{(]|\{\{|<[^>]*>|\[\[|%\(/

/** Nothing longer is taken for a reference or a version. */
export const MAX_VERSION = 1000

const MESSAGES = {
  'not-literal': 'The version is not written here but filled in from a variable or a template.',
  'explicit-type': 'The value has an explicit YAML type that is not a string.',
  'block-scalar': 'The value stands in a block scalar that cannot be changed in place.',
  'unsupported-shape':
    'The entry is written in a shape that cannot be changed without touching more than it.',
  'shared-anchor':
    'The version is shared by an anchor with another image, whose version would change as well.',
  'stale-digest': 'The digest would be left behind, and it cannot be removed here.',
  'tag-suffix':
    'The entry appends a suffix to the tag of the base, and a tag here would switch the suffix off.',
  'rename-unsupported':
    'The new name of the image cannot be written in the way in which the name stands here.',
  'ambiguous-pair': 'Which value beside the name is its tag, if any, cannot be told.',
  'version-elsewhere':
    'The name and the tag of the image stand in different values, so what decides cannot be told.',
} as const

export type PlaceCode = keyof typeof MESSAGES

export function isTemplate(text: string): boolean {
  return TEMPLATE.test(text.slice(0, MAX_VERSION))
}

export function refuse(document: YamlDocument, at: number, code: PlaceCode): Refusal {
  return refuseAt(document.path, document.part.position(at), code)
}

/** The same where the line and column are known: from 1. */
export function refuseAt(
  path: string,
  { line, column }: { line: number; column: number },
  code: PlaceCode,
): Refusal {
  return { code, message: MESSAGES[code], path, line, column }
}

/** A place that names an image, and whose version cannot be told. */
export function refusingPlace(
  document: YamlDocument,
  scalar: Scalar.Parsed,
  format: string,
  names: string[],
  code: PlaceCode,
): Place {
  const details = { format, names, tag: null, digest: null, adds: false, isShared: () => false }
  return makePlace(document, { ...details, at: scalar.range[0] }, () => code)
}

/** Remembers that a scalar says the version of these images, so that what an anchor shares is seen. */
export function claim(document: YamlDocument, scalar: ParsedNode, names: string[]): void {
  const claims = document.claims.get(scalar)
  if (claims === undefined) {
    document.claims.set(scalar, { count: 1, names })
    return
  }
  claims.count++
  claims.names = claims.names.filter((name) => names.includes(name))
}

/** Whether one splice of the scalar changes several places; `conflict` when they are of different images. */
export function sharing(document: YamlDocument, scalar: ParsedNode): 'none' | 'same-image' | 'conflict' {
  if (document.targets.size === 0) return 'none'
  const { count, names } = document.claims.get(scalar) ?? { count: 0, names: [] }
  if (names.length === 0) return 'conflict'
  return document.aliased.has(scalar) || count > 1 ? 'same-image' : 'none'
}

/** Gives a scalar a value, or says why not. */
export function write(document: YamlDocument, scalar: Scalar.Parsed, value: string): Splice[] | PlaceCode {
  if (sharing(document, scalar) === 'conflict') return 'shared-anchor'
  const splice = respell(document.part.text, scalar, value, isJson(document))
  if (typeof splice === 'string') return splice
  return splice === null ? [] : [splice]
}

/** Whether everything that is new needs quotes: in JSON, whatever the name of its file. */
export function isJson({ path, part, root }: YamlDocument): boolean {
  const start = part.text.slice(root.range[0], root.range[0] + 100)
  return /\.json$/i.test(path) ? /^[[{]/.test(start) : /^\{\s*"/.test(start)
}

/** All splices together, or the first reason why not. */
export function together(...parts: (Splice[] | PlaceCode | null)[]): Splice[] | PlaceCode {
  const splices: Splice[] = []
  for (const part of parts) {
    if (part === null) return 'unsupported-shape'
    if (typeof part === 'string') return part
    splices.push(...part)
  }
  return splices
}

export interface PlaceDetails extends Omit<Place, 'splices' | 'line' | 'column'> {
  /** Offset in the document. */
  at: number
}

/** A place at an offset of a document. */
export function makePlace(
  document: YamlDocument,
  { at, ...rest }: PlaceDetails,
  splices: (wish: Parameters<Place['splices']>[0]) => Splice[] | PlaceCode,
): Place {
  return {
    ...rest,
    ...document.part.position(at),
    splices: (wish) => {
      const made = splices(wish)
      return typeof made === 'string' ? refuse(document, at, made) : made
    },
  }
}
