import { Composer, type CST, type ParsedNode, type Scalar } from 'yaml'
import type { Subject, TextFile } from '../editor.ts'
import { mayConcern } from '../search/mention.ts'
import { type BoundAliases, bindAliases, MAX_DEPTH } from './aliases.ts'
import { type Part, splitDocuments } from './parts.ts'
import type { ScalarSource } from './scalar-source.ts'
import { readSimple } from './simple/reader.ts'
import { tokensOf } from './tokens.ts'

/** A larger document is refused. UTF-16 code units. */
const MAX_LENGTH = 32 * 1024 * 1024

/** What no YAML stream may hold (https://yaml.org/spec/1.2.2/#51-character-set): a sign of UTF-16 or no text at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_PRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** One document of a file. Offsets of its nodes count from the start of `part.text`. */
export interface YamlDocument {
  path: string
  part: Part
  root: ParsedNode
  /** What each alias stands for. */
  targets: Map<ParsedNode, ParsedNode>
  /** What some alias stands for. */
  aliased: Set<ParsedNode>
  /** By scalar: which references have their version from it. */
  claims: Map<ParsedNode, Claims>
  /** Whether a text within it may speak of what is looked for, and is worth reading. */
  concerns(text: string): boolean
  /** By scalar: the documents that were read inside of it. */
  nested: Map<Scalar.Parsed, NestedDocuments>
}

export interface Claims {
  count: number
  /** Names of the image by which all of these references go; [] when they are of different images. */
  names: string[]
}

/** YAML inside of a scalar. Offsets count in the scalar's value. */
export interface NestedDocuments extends ReadDocuments {
  /** Where the value stands in the source of the document around it; null where that is not clear. */
  source: ScalarSource | null
}

export interface Unreadable {
  code:
    | 'not-yaml'
    | 'not-text'
    | 'too-deep'
    | 'too-large'
    | 'too-many-aliases'
    | 'block-scalar'
    | 'values-not-yaml'
  message: string
  part: Part
  /** Offset in the part. */
  at: number
}

export interface ReadDocuments {
  documents: YamlDocument[]
  unreadable: Unreadable[]
}

/** What was read of a file that is looked at more than once: it goes when the file goes. */
const partsByFile = new WeakMap<TextFile, Part[]>()
const rootsByPart = new WeakMap<Part, ParsedNode | null>()

const NO_ALIASES: BoundAliases = { targets: new Map(), problem: null }

/** Reads every document of those parts of a file that may speak of the subject. Never throws. */
export function readDocuments(file: TextFile, subject?: Subject): ReadDocuments {
  const parts = partsByFile.get(file) ?? splitDocuments(file.text)
  partsByFile.set(file, parts)
  return readParts(file.path, parts, (part) => mayConcern(part, subject))
}

/** Reads every document of those parts that concern. Never throws. */
export function readParts(
  path: string,
  parts: readonly Part[],
  concerns: (text: string) => boolean,
): ReadDocuments {
  const read = parts.filter((part) => concerns(part.text)).map((part) => readPart(path, part, concerns))
  return {
    documents: read.flatMap((part) => (Array.isArray(part) ? part : [])),
    unreadable: read.flatMap((part) => (Array.isArray(part) ? [] : part)),
  }
}

function readPart(
  path: string,
  part: Part,
  concerns: (text: string) => boolean,
): YamlDocument[] | Unreadable {
  const unreadable = (code: Unreadable['code'], message: string, at = 0) => ({ code, message, part, at })
  if (part.text.length > MAX_LENGTH) return unreadable('too-large', 'The document is larger than 32 MiB.')
  const strange = part.text.search(NOT_PRINTABLE)
  if (strange !== -1) {
    return unreadable('not-text', 'The file holds a control character, which no text of YAML does.', strange)
  }
  const documentOf = (root: ParsedNode, targets: YamlDocument['targets']): YamlDocument => {
    const aliased = new Set(targets.values())
    return { path, part, root, targets, aliased, claims: new Map(), concerns, nested: new Map() }
  }
  const known = rootsByPart.get(part)
  const simple = known === undefined ? readSimple(part.text) : known
  rootsByPart.set(part, simple)
  if (simple !== null) {
    const { targets, problem } = part.text.includes('*') ? bindAliases(simple) : NO_ALIASES
    return problem === null ? [documentOf(simple, targets)] : { ...problem, part }
  }
  const documents: YamlDocument[] = []
  const notYaml = (message: string, at: number) =>
    unreadable('not-yaml', `The file is not YAML: ${sentence(message)}`, at)
  const tokens = tokensOf(part.text, MAX_DEPTH)
  if (!Array.isArray(tokens)) {
    const { code, message, at } = tokens
    return code === 'not-yaml' ? notYaml(message, at) : unreadable(code, message, at)
  }
  try {
    for (const { errors, contents } of compose(tokens)) {
      const [error] = errors
      if (error !== undefined) return notYaml(error.message, error.pos[0])
      if (contents === null) continue
      const { targets, problem } = bindAliases(contents)
      if (problem !== null) return { ...problem, part }
      documents.push(documentOf(contents, targets))
    }
    return documents
  } catch {
    return unreadable('not-yaml', 'The file could not be read as YAML.')
  }
}

/**
 * Every scalar is a string, as it was written. Equal keys are let pass: the check takes quadratic time, and
 * readers keep the last one.
 */
function compose(tokens: CST.Token[]) {
  const composer = new Composer<ParsedNode>({
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  return composer.compose(tokens)
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return `${first.replace(/[.:\s]+$/, '')}.`
}
