import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import type { YamlDocument } from './document.ts'

/** A mapping as a reader sees it: aliases followed, merge keys (`<<`) filled in, the last of equal keys kept. */
export interface Mapping {
  node: YAMLMap.Parsed
  entries: Map<string, Entry>
  /** The key that it is the value of; the list's key for an item of a list; null at the root. */
  key: string | null
}

export interface Entry {
  pair: Pair<ParsedNode, ParsedNode | null>
  /** Null where nothing is written after the key. */
  value: ParsedNode | null
  /** False where the value stands elsewhere: it came by an alias or a merge key. */
  direct: boolean
}

/** Every mapping of a document, parents first; a mapping that is used by alias comes once for each use. */
export function mappingsOf(document: YamlDocument): Mapping[] {
  const found: Mapping[] = []
  const visit = (written: ParsedNode | null, key: string | null): void => {
    const node = resolve(document, written)
    if (isSeq(node)) {
      for (const item of node.items) visit(item as ParsedNode, key)
    } else if (isMap(node)) {
      const mapping = readMapping(document, node as YAMLMap.Parsed, key)
      found.push(mapping)
      for (const [name, entry] of mapping.entries) visit(entry.value, name)
    }
  }
  visit(document.root, null)
  return found
}

/** The items of a sequence that are mappings, as a reader sees them. */
export function itemsOf(document: YamlDocument, entry: Entry | undefined, key: string): Mapping[] {
  const node = entry?.value ?? null
  if (!isSeq(node)) return []
  return node.items
    .map((item) => resolve(document, item as ParsedNode))
    .filter((item) => isMap(item))
    .map((item) => readMapping(document, item as YAMLMap.Parsed, key))
}

/** The document's root, when that is a mapping. */
export function rootMapping(document: YamlDocument): Mapping | null {
  const node = resolve(document, document.root)
  return isMap(node) ? readMapping(document, node as YAMLMap.Parsed, null) : null
}

/** The text of a scalar as it was written, without quotes; null for anything else. */
export function textOf(entry: Entry | undefined): string | null {
  const node = entry?.value ?? null
  return isScalar(node) && typeof node.value === 'string' ? node.value.trim() : null
}

/** The scalar of an entry; null for anything else. */
export function scalarOf(entry: Entry | undefined): Scalar.Parsed | null {
  const node = entry?.value ?? null
  return isScalar(node) ? (node as Scalar.Parsed) : null
}

/** One mapping as a reader sees it. */
export function readMapping(document: YamlDocument, node: YAMLMap.Parsed, key: string | null): Mapping {
  const entries = new Map<string, Entry>()
  for (const pair of node.items) {
    const name = isScalar(pair.key) ? pair.key.value : null
    if (typeof name === 'string' && name !== '<<') {
      entries.set(name, { pair, value: resolve(document, pair.value), direct: !isAlias(pair.value) })
    }
  }
  for (const pair of node.items) {
    if (!isScalar(pair.key) || pair.key.value !== '<<') continue
    for (const [name, entry] of mergedEntries(document, pair.value)) {
      if (!entries.has(name)) entries.set(name, { ...entry, direct: false })
    }
  }
  return { node, entries, key }
}

function mergedEntries(document: YamlDocument, written: ParsedNode | null): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  const node = resolve(document, written)
  const sources = isSeq(node) ? node.items.map((item) => resolve(document, item as ParsedNode)) : [node]
  for (const source of sources) {
    if (!isMap(source)) continue
    const pairs = (source as YAMLMap.Parsed).items
    for (const pair of pairs) {
      const name = isScalar(pair.key) ? pair.key.value : null
      if (typeof name === 'string' && name !== '<<' && !entries.has(name)) {
        entries.set(name, { pair, value: resolve(document, pair.value), direct: false })
      }
    }
    for (const pair of pairs) {
      if (!isScalar(pair.key) || pair.key.value !== '<<') continue
      for (const [name, entry] of mergedEntries(document, pair.value)) {
        if (!entries.has(name)) entries.set(name, entry)
      }
    }
  }
  return entries
}

/** What an alias stands for; any other node itself. */
export function resolve(document: YamlDocument, node: ParsedNode | null): ParsedNode | null {
  return node === null ? null : (document.targets.get(node) ?? node)
}
