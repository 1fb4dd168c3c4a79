import { isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from 'yaml'
import type { YamlDocument } from './document.ts'

/** A mapping as a reader sees it: aliases followed, merge keys (`<<`) filled in, the last of equal keys kept. */
export interface Mapping {
  node: YAMLMap.Parsed
  entries: Map<string, Entry>
  /** The key that it is the value of; the list's key for an item of a list; null at the root. */
  key: string | null
  /** The keys that lead to it, joined with dots, without indices of lists; '' where the reading began. */
  path: string
}

export interface Entry {
  pair: Pair<ParsedNode, ParsedNode | null>
  /** Null where nothing is written after the key. */
  value: ParsedNode | null
  /** False where the value stands elsewhere: it came by an alias or a merge key. */
  direct: boolean
}

/** Every mapping below a node, parents first; a mapping that is used by alias comes once for each use. */
export function mappingsBelow(document: YamlDocument, from: ParsedNode | null): Mapping[] {
  const found: Mapping[] = []
  const visit = (written: ParsedNode | null, key: string | null, path: string): void => {
    const node = resolve(document, written)
    if (isSeq(node)) {
      for (const item of node.items) visit(item as ParsedNode, key, path)
    } else if (isMap(node)) {
      const mapping = readMapping(document, node as YAMLMap.Parsed, key, path)
      found.push(mapping)
      for (const [name, entry] of mapping.entries) {
        visit(entry.value, name, path === '' ? name : `${path}.${name}`)
      }
    }
  }
  visit(from, null, '')
  return found
}

/** The items of a sequence that are mappings, as a reader sees them. */
export function itemsOf(document: YamlDocument, entry: Entry | undefined, key: string): Mapping[] {
  return itemsIn(document, entry?.value ?? null, key)
}

/** The same of a node; [] for what is no sequence. */
export function itemsIn(
  document: YamlDocument,
  node: ParsedNode | null,
  key: string | null = null,
): Mapping[] {
  if (!isSeq(node)) return []
  return node.items
    .map((item) => resolve(document, item as ParsedNode))
    .filter((item) => isMap(item))
    .map((item) => readMapping(document, item as YAMLMap.Parsed, key, ''))
}

/** The items of a sequence that are scalars, aliases followed. */
export function scalarsIn(document: YamlDocument, entry: Entry | undefined): Scalar.Parsed[] {
  const node = entry?.value ?? null
  if (!isSeq(node)) return []
  return node.items
    .map((item) => resolve(document, item as ParsedNode))
    .filter((item) => isScalar(item))
    .map((item) => item as Scalar.Parsed)
}

/** The mapping that a node is, or stands for; null for anything else. */
export function mappingAt(document: YamlDocument, written: ParsedNode | null): Mapping | null {
  const node = resolve(document, written)
  return isMap(node) ? readMapping(document, node as YAMLMap.Parsed, null, '') : null
}

/** The mapping at the end of some keys; null where there is none. */
export function mappingIn(document: YamlDocument, from: Mapping | null, ...keys: string[]): Mapping | null {
  return keys.reduce<Mapping | null>(
    (mapping, key) => mappingAt(document, mapping?.entries.get(key)?.value ?? null),
    from,
  )
}

/** The document's root, when that is a mapping. */
export function rootMapping(document: YamlDocument): Mapping | null {
  return mappingAt(document, document.root)
}

/** The text of a scalar as it was written, without quotes; null for anything else. */
export function textOf(entry: Entry | undefined): string | null {
  const node = entry?.value ?? null
  return isScalar(node) && typeof node.value === 'string' ? node.value.trim() : null
}

/** The text of a value that says something; null for what is missing, empty, or null. */
export function presentText(entry: Entry | undefined): string | null {
  const text = textOf(entry)
  const plain = scalarOf(entry)?.type === 'PLAIN'
  return text === null || text === '' || (plain && /^(?:~|null|Null|NULL)$/.test(text)) ? null : text
}

/** The scalar of an entry; null for anything else. */
export function scalarOf(entry: Entry | undefined): Scalar.Parsed | null {
  const node = entry?.value ?? null
  return isScalar(node) ? (node as Scalar.Parsed) : null
}

/** The entries of one mapping as a reader sees them. */
export function entriesOf(document: YamlDocument, node: YAMLMap.Parsed): Map<string, Entry> {
  return readMapping(document, node, null, '').entries
}

function readMapping(
  document: YamlDocument,
  node: YAMLMap.Parsed,
  key: string | null,
  path: string,
): Mapping {
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
  return { node, entries, key, path }
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
