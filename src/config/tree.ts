import { isAlias, isMap, isScalar, isSeq, type Pair } from 'yaml'
import type { Position } from './problem.ts'

/** A key or an index for each level: `['environments', 'staging', 'path']`. */
export type Path = readonly (string | number)[]

/** Plain data, and where each part of it stands. */
export interface Tree {
  /** Null-prototype objects, lists, texts, numbers, booleans and null. */
  value: unknown
  keys: Map<string, Position>
  values: Map<string, Position>
}

const MAX_DEPTH = 32
const MAX_NODES = 20_000
const MAX_ALIASES = 100

interface Walk extends Tree {
  at(offset: number): Position
  complain(offset: number, code: string, message: string, advice: string): void
  anchors: Map<string, unknown>
  nodes: number
  aliases: number
  full: boolean
}

/**
 * Turns the nodes of a YAML document into plain data. A repeated key, a key that is not text, `<<`, and
 * aliases beyond a limit are complained about and left out.
 */
export function toTree(contents: unknown, at: Walk['at'], complain: Walk['complain']): Tree {
  const walk: Walk = {
    value: null,
    keys: new Map(),
    values: new Map(),
    at,
    complain,
    anchors: new Map(),
    nodes: 0,
    aliases: 0,
    full: false,
  }
  const value = convert(walk, contents, [])
  return { value, keys: walk.keys, values: walk.values }
}

/** A map's key for a path. */
export function pathKey(path: Path): string {
  return JSON.stringify(path)
}

/** What stands at a path in plain data; undefined where nothing does. */
export function lookUp(top: unknown, path: Path): unknown {
  let value = top
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = Reflect.get(value, step)
  }
  return value
}

function convert(walk: Walk, node: unknown, path: Path): unknown {
  const offset = offsetOf(node)
  if (offset !== null) walk.values.set(pathKey(path), walk.at(offset))
  walk.nodes += 1
  if (walk.full) return null
  if (walk.nodes > MAX_NODES || path.length > MAX_DEPTH) {
    walk.full = true
    walk.complain(
      offset ?? 0,
      'too-large',
      'The file grows too large or too deep here.',
      'Write fewer aliases.',
    )
    return null
  }
  if (isAlias(node)) return convertAlias(walk, node.source, offset ?? 0, path)
  if (isScalar(node)) return keep(walk, node.anchor, node, () => scalarValue(node.value, node.source))
  if (isSeq(node))
    return keep(walk, node.anchor, node, () =>
      node.items.map((item, index) => convert(walk, item, [...path, index])),
    )
  if (isMap(node)) return keep(walk, node.anchor, node, () => convertMap(walk, node.items, path))
  return null
}

/** An anchor may be named only after its node has ended, so that nothing holds itself. */
function keep(walk: Walk, anchor: string | undefined, node: unknown, make: () => unknown): unknown {
  const value = make()
  if (anchor !== undefined) walk.anchors.set(anchor, node)
  return value
}

function convertAlias(walk: Walk, name: string, offset: number, path: Path): unknown {
  walk.aliases += 1
  if (walk.aliases > MAX_ALIASES) {
    walk.full = true
    walk.complain(
      offset,
      'too-many-aliases',
      `The file holds more than ${MAX_ALIASES} aliases.`,
      'Write them out.',
    )
    return null
  }
  if (!walk.anchors.has(name)) {
    walk.complain(
      offset,
      'yaml-syntax',
      `Nothing before this place has the anchor &${name}.`,
      'Put quotes around a text that begins with an asterisk.',
    )
    return null
  }
  return convert(walk, walk.anchors.get(name), path)
}

function convertMap(walk: Walk, pairs: Pair[], path: Path): unknown {
  const result: Record<string, unknown> = Object.create(null)
  for (const pair of pairs) {
    const offset = offsetOf(pair.key) ?? 0
    const key = isScalar(pair.key) ? pair.key.source : undefined
    if (key === undefined) {
      walk.complain(offset, 'wrong-type', 'This key is not text.', 'Write a word, then a colon and a space.')
      continue
    }
    if (key === '__proto__') {
      walk.complain(offset, 'unknown-key', 'The key "__proto__" means nothing here.', 'Remove it.')
      continue
    }
    if (key === '<<') {
      walk.complain(
        offset,
        'not-supported',
        'Merge keys (<<) are not part of YAML 1.2.',
        'Leave it out: environments inherit from their app, and apps from the top of the file.',
      )
      continue
    }
    const here = [...path, key]
    const first = Object.hasOwn(result, key) ? walk.keys.get(pathKey(here)) : undefined
    if (first !== undefined) {
      walk.complain(
        offset,
        'duplicate-key',
        `The key "${key}" stands here for the second time; the first is in line ${first.line}.`,
        'Keep one of the two.',
      )
      continue
    }
    walk.keys.set(pathKey(here), walk.at(offset))
    result[key] = convert(walk, pair.value, here)
  }
  return result
}

/** What a schema can judge; anything else (a date of YAML 1.1, a huge integer) counts as the text it is. */
function scalarValue(value: unknown, source: string | undefined): unknown {
  const plain = value === null || ['string', 'number', 'boolean'].includes(typeof value)
  return plain ? value : (source ?? String(value))
}

function offsetOf(node: unknown): number | null {
  return isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? (node.range?.[0] ?? null) : null
}
