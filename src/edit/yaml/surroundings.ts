import type { YAMLSeq } from 'yaml'
import type { Splice } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import type { Entry, Mapping } from './mapping.ts'
import { appendItem, insertPair, removePair } from './shape.ts'

/** What the keys of an image stand in, and how keys come and go there; null where they cannot. */
export interface Surroundings {
  /** Whether nothing else uses it by an alias: keys that come or go would do so there as well. */
  isOwn: boolean
  add(after: Entry, key: string, value: string): Splice[] | null
  remove(entry: Entry): Splice[] | null
}

/** The keys of a mapping. */
export function inMapping(document: YamlDocument, { node }: Mapping): Surroundings {
  const isOwn = !document.aliased.has(node)
  return {
    isOwn,
    add: (after, key, value) =>
      after.direct && isOwn ? insertPair(document.part.text, node, after.pair, key, value) : null,
    remove: (entry) => {
      const { value } = entry.pair
      const isShared = !entry.direct || !isOwn || (value !== null && document.aliased.has(value))
      return isShared ? null : removePair(document.part.text, node, entry.pair)
    },
  }
}

/** Keys that are items of a list, `name` and `value`; `prefix` stands before each name. */
export function inParameters(document: YamlDocument, list: YAMLSeq.Parsed, prefix: string): Surroundings {
  const isOwn = !document.aliased.has(list)
  return {
    isOwn,
    add: (_, key, value) =>
      isOwn
        ? appendItem(document.part.text, list, [
            ['name', `${prefix}${key}`],
            ['value', value],
          ])
        : null,
    remove: () => null,
  }
}
