import { Composer, LineCounter, type YAMLError } from 'yaml'
import type { Problem } from './model.ts'
import { type Position, problemAt } from './problem.ts'
import { type Path, pathKey, type Tree, toTree } from './tree.ts'
import { tokenise } from './yaml-tokens.ts'

/** A configuration file as plain data, of which every key and value still knows its place. */
export interface Document {
  file: string
  /** Undefined where the text could not be read at all: `problems` says why. */
  value: unknown
  /** What is wrong about the YAML itself. */
  problems: Problem[]
  /** Where the key (or list item) at the path stands, or the nearest above it that exists. */
  keyAt(path: Path): Position
  /** Where the value at the path stands, or the key nearest above it that exists. */
  valueAt(path: Path): Position
}

/** Of a file; what is larger is not read. */
export const MAX_CONFIG_BYTES = 1024 * 1024

/** The problem of a file that is larger. */
export function tooLarge(file: string): Problem {
  const place = { line: 1, column: 1 }
  return problemAt(file, place, 'too-large', 'The file is larger than 1 MiB.', 'Write a smaller file.')
}

/**
 * Reads one YAML 1.2 document (https://yaml.org/spec/1.2.2/, core schema). Never throws, and takes time and
 * memory in proportion to at most 1 MiB of text (requirement 16).
 */
export function readDocument(file: string, source: string): Document {
  const text = source.replace(/^\uFEFF/, '')
  const lines = new LineCounter()
  const problems: Problem[] = []
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const complain = (offset: number, code: string, message: string, advice: string) => {
    problems.push(problemAt(file, at(offset), code, message, advice))
  }
  const large = Buffer.byteLength(text) > MAX_CONFIG_BYTES
  if (large) problems.push(tooLarge(file))
  const value = large ? null : parse(text, lines, complain, at)
  return { file, value: value?.value, problems, ...lookup(value) }
}

type Complain = (offset: number, code: string, message: string, advice: string) => void

function parse(
  text: string,
  lines: LineCounter,
  complain: Complain,
  at: (offset: number) => Position,
): Tree | null {
  const tokens = tokenise(text, lines)
  if (!Array.isArray(tokens)) {
    complain(tokens.offset, tokens.code, 'The file is too large or too deep here.', 'Write a simpler file.')
    return null
  }
  const composer = new Composer({ uniqueKeys: false, merge: false, resolveKnownTags: false })
  const [document, second] = [...composer.compose(tokens, true, text.length)]
  for (const error of [...(document?.errors ?? []), ...(document?.warnings ?? [])])
    complain(error.pos[0], 'yaml-syntax', `This is not valid YAML: ${sentence(error)}`, hint(error))
  if (second !== undefined)
    complain(
      second.range[0],
      'several-documents',
      'The file holds more than one YAML document.',
      'Keep one, and remove the line --- between them.',
    )
  if (document?.directives.yaml.explicit === true && document.directives.yaml.version !== '1.2')
    complain(0, 'not-supported', 'The file asks for an old version of YAML.', 'Remove the %YAML directive.')
  if (document === undefined || document.errors.length > 0) return null
  if (document.contents === null) {
    complain(0, 'empty-file', 'The file is empty.', 'Remove the file, or write a configuration into it.')
    return null
  }
  return toTree(document.contents, at, complain)
}

function lookup(tree: Tree | null): Pick<Document, 'keyAt' | 'valueAt'> {
  const keyAt = (path: Path): Position => {
    for (let length = path.length; length >= 0; length--) {
      const key = pathKey(path.slice(0, length))
      const found = tree?.keys.get(key) ?? tree?.values.get(key)
      if (found !== undefined) return found
    }
    return { line: 1, column: 1 }
  }
  return { keyAt, valueAt: (path) => tree?.values.get(pathKey(path)) ?? keyAt(path) }
}

function sentence(error: YAMLError): string {
  const message = error.message.charAt(0).toLowerCase() + error.message.slice(1)
  return /[.!?]$/.test(message) ? message : `${message}.`
}

const HINTS: Partial<Record<YAMLError['code'], string>> = {
  TAB_AS_INDENT: 'Indent with spaces.',
  BAD_ALIAS: 'Put quotes around a text that begins with an asterisk.',
  BAD_SCALAR_START: 'Put quotes around the text.',
  BAD_INDENT: 'Give all keys of one level the same indentation.',
  MISSING_CHAR: 'Close what was opened, and put a space after every colon.',
  BLOCK_AS_IMPLICIT_KEY: 'Put quotes around a text that holds a colon and a space.',
  TAG_RESOLVE_FAILED: 'Remove the tag, or put quotes around a text that begins with an exclamation mark.',
}

function hint(error: YAMLError): string {
  return HINTS[error.code] ?? 'Check the indentation and the quotes here.'
}
