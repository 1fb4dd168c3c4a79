import { isAlias, isMap, isSeq, type ParsedNode, parseAllDocuments, type YAMLMap, type YAMLSeq } from 'yaml'

/** More than this is refused: no manifest that a person wrote comes near. */
const MAX_LENGTH = 32 * 1024 * 1024
const MAX_DEPTH = 200
const MAX_EXPANDED = 1_000_000

const TOO_DEEP = `The document is nested deeper than ${MAX_DEPTH} levels.`
const TOO_MANY = 'The document grows beyond a million values when its aliases are followed.'

/** One document of a file. Offsets of its nodes count from the start of `text`, a part of the file. */
export interface YamlDocument {
  path: string
  text: string
  /** Where `text` starts in the file: UTF-16 code units, and lines from 0. */
  offset: number
  line: number
  root: ParsedNode
  /** What each alias stands for. */
  targets: Map<ParsedNode, ParsedNode>
  /** What some alias stands for. */
  aliased: Set<ParsedNode>
  /** By scalar: the names of the images whose versions it says; one list for each reference. */
  claims: Map<ParsedNode, string[][]>
}

export interface Unreadable {
  code: 'not-yaml' | 'too-deep' | 'too-large' | 'too-many-aliases'
  message: string
  /** Offset in the part, whose place in the file is `offset` and `line`. */
  at: number
  text: string
  offset: number
  line: number
}

interface Part {
  text: string
  offset: number
  line: number
}

export interface ReadDocuments {
  documents: YamlDocument[]
  unreadable: Unreadable[]
}

/** Reads every document of those parts of a file that hold the needle. Never throws. */
export function readDocuments(path: string, text: string, needle: string): ReadDocuments {
  const documents: YamlDocument[] = []
  const unreadable: Unreadable[] = []
  for (const part of splitDocuments(text)) {
    if (!part.text.includes(needle)) continue
    const read = readPart(path, part)
    if (Array.isArray(read)) documents.push(...read)
    else unreadable.push(read)
  }
  return { documents, unreadable }
}

/**
 * Cuts a stream before each `---` that starts a line, which is a document marker wherever it stands
 * (https://yaml.org/spec/1.2.2/#914-explicit-documents), so that only the documents in question are parsed.
 */
export function splitDocuments(text: string): Part[] {
  if (/(?:^|\n)\uFEFF?%/.test(text)) return [{ text, offset: 0, line: 0 }]
  const parts: Part[] = []
  let start = 0
  let line = 0
  for (let at = text.indexOf('\n---'); at !== -1; at = text.indexOf('\n---', at + 1)) {
    if (!/^[\s]?$/.test(text.slice(at + 4, at + 5))) continue
    const part = text.slice(start, at + 1)
    parts.push({ text: part, offset: start, line })
    line += countLines(part)
    start = at + 1
  }
  parts.push({ text: text.slice(start), offset: start, line })
  return parts
}

function readPart(path: string, part: Part): YamlDocument[] | Unreadable {
  const fail = (code: Unreadable['code'], message: string, at = 0): Unreadable => ({
    code,
    message,
    at,
    ...part,
  })
  if (part.text.length > MAX_LENGTH) return fail('too-large', 'The document is larger than 32 MiB.')
  try {
    const parsed = parseAllDocuments(part.text, {
      schema: 'failsafe',
      resolveKnownTags: false,
      uniqueKeys: false,
      strict: false,
      prettyErrors: false,
      logLevel: 'silent',
    })
    const documents: YamlDocument[] = []
    for (const { errors, contents } of parsed) {
      const error = errors[0]
      if (error !== undefined) {
        return fail('not-yaml', `The file is not YAML: ${sentence(error.message)}`, error.pos[0])
      }
      if (contents === null) continue
      const { targets, problem } = bindAliases(contents)
      if (problem !== null) return fail(problem.code, problem.message, problem.at)
      documents.push({
        path,
        ...part,
        root: contents,
        targets,
        aliased: new Set(targets.values()),
        claims: new Map(),
      })
    }
    return documents
  } catch (error) {
    return error instanceof RangeError
      ? fail('too-deep', 'The document is nested too deeply to be read.')
      : fail('not-yaml', 'The file could not be read as YAML.')
  }
}

interface Bound {
  targets: Map<ParsedNode, ParsedNode>
  /** Null when the document is within its limits. */
  problem: { code: Unreadable['code']; message: string; at: number } | null
}

/** Binds aliases to the anchors before them, and measures what the document is when all are followed. */
function bindAliases(root: ParsedNode): Bound {
  const targets = new Map<ParsedNode, ParsedNode>()
  const anchors = new Map<string, ParsedNode>()
  const measures = new Map<ParsedNode, Measure>()
  const bound: Bound = { targets, problem: null }
  const fail = (code: Unreadable['code'], message: string, node: ParsedNode | null): Measure => {
    bound.problem ??= { code, message, at: node?.range[0] ?? 0 }
    return { size: 0, depth: 0 }
  }
  const measure = (node: ParsedNode | null, level: number): Measure => {
    if (node === null || bound.problem !== null) return { size: 1, depth: 0 }
    if (level > MAX_DEPTH) return fail('too-deep', TOO_DEEP, node)
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target === undefined) return fail('not-yaml', 'The file is not YAML: an alias has no anchor.', node)
      targets.set(node, target)
      return (
        measures.get(target) ?? fail('too-many-aliases', 'An alias stands inside of its own anchor.', node)
      )
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node)
    const sum = { size: 1, depth: 0 }
    for (const child of childrenOf(node)) {
      const { size, depth } = measure(child, level + 1)
      sum.size += size
      sum.depth = Math.max(sum.depth, depth + 1)
    }
    if (targets.size > 0 && sum.size > MAX_EXPANDED) return fail('too-many-aliases', TOO_MANY, node)
    if (level + sum.depth > MAX_DEPTH) return fail('too-deep', TOO_DEEP, node)
    if (node.anchor !== undefined) measures.set(node, sum)
    return sum
  }
  measure(root, 0)
  return bound
}

interface Measure {
  size: number
  depth: number
}

function childrenOf(node: ParsedNode): (ParsedNode | null)[] {
  if (isMap(node)) return (node as YAMLMap.Parsed).items.flatMap(({ key, value }) => [key, value])
  return isSeq(node) ? (node as YAMLSeq.Parsed).items.map((item) => item as ParsedNode) : []
}

/** Line and column of an offset in a document, in the file and from 1. */
export function position(part: { text: string; line: number }, at: number): { line: number; column: number } {
  const start = part.text.lastIndexOf('\n', at - 1) + 1
  const bom = start === 0 && part.text.startsWith('\uFEFF') ? 1 : 0
  return {
    line: part.line + countLines(part.text.slice(0, at)) + 1,
    column: Math.max(1, at - start - bom + 1),
  }
}

function countLines(text: string): number {
  let count = 0
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++
  return count
}

function sentence(message: string): string {
  const [first = ''] = message.split('\n')
  return `${first.replace(/[.:\s]+$/, '')}.`
}
