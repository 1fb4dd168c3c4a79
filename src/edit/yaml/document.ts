import { type ParsedNode, parseAllDocuments } from 'yaml'
import type { Subject, TextFile } from '../editor.ts'
import { mayConcern } from '../mention.ts'
import { bindAliases } from './aliases.ts'
import { type Part, splitDocuments } from './parts.ts'
import type { ScalarSource } from './scalar-source.ts'
import { readSimple } from './simple.ts'

/** A larger document is refused. UTF-16 code units. */
const MAX_LENGTH = 32 * 1024 * 1024

const TOO_DEEP = 'The document is nested too deeply to be read.'

/** One document of a file. Offsets of its nodes count from the start of `part.text`. */
export interface YamlDocument {
  path: string
  part: Part
  root: ParsedNode
  /** What each alias stands for. */
  targets: Map<ParsedNode, ParsedNode>
  /** What some alias stands for. */
  aliased: Set<ParsedNode>
  /** By scalar: the names of the images whose versions it says; one list for each reference. */
  claims: Map<ParsedNode, string[][]>
  /** Whether a text within it may speak of what is looked for, and is worth reading. */
  concerns(text: string): boolean
  /** By scalar: the documents that were read inside of it. */
  nested: Map<ParsedNode, NestedDocuments>
}

/** YAML inside of a scalar. Offsets count in the scalar's value. */
export interface NestedDocuments extends ReadDocuments {
  /** Where the value stands in the source of the document around it; null where that is not clear. */
  source: ScalarSource | null
}

export interface Unreadable {
  code: 'not-yaml' | 'too-deep' | 'too-large' | 'too-many-aliases' | 'block-scalar' | 'values-not-yaml'
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
  const documentOf = (root: ParsedNode, targets: YamlDocument['targets']): YamlDocument => {
    const aliased = new Set(targets.values())
    return { path, part, root, targets, aliased, claims: new Map(), concerns, nested: new Map() }
  }
  const known = rootsByPart.get(part)
  const simple = known === undefined ? readSimple(part.text) : known
  rootsByPart.set(part, simple)
  if (simple !== null) return [documentOf(simple, new Map())]
  const documents: YamlDocument[] = []
  try {
    for (const { errors, contents } of parse(part.text)) {
      const [error] = errors
      if (error !== undefined) {
        return /call stack/.test(error.message)
          ? unreadable('too-deep', TOO_DEEP, error.pos[0])
          : unreadable('not-yaml', `The file is not YAML: ${sentence(error.message)}`, error.pos[0])
      }
      if (contents === null) continue
      const { targets, problem } = bindAliases(contents)
      if (problem !== null) return { ...problem, part }
      documents.push(documentOf(contents, targets))
    }
    return documents
  } catch (error) {
    return error instanceof RangeError
      ? unreadable('too-deep', TOO_DEEP)
      : unreadable('not-yaml', 'The file could not be read as YAML.')
  }
}

/**
 * Every scalar is a string, as it was written. Equal keys are let pass: the check takes quadratic time, and
 * readers keep the last one.
 */
function parse(text: string) {
  return parseAllDocuments(text, {
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return `${first.replace(/[.:\s]+$/, '')}.`
}
