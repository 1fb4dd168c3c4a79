import { isSeq, type YAMLSeq } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Entry, itemsOf, textOf } from '../yaml/mapping.ts'
import { inParameters } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { byPrefix, lastKey } from './dotted-names.ts'
import { isBelowImage, namedIn, placesInFields, wholeReferences } from './image-fields.ts'
import { type NamesByPath, pathOf } from './names-in-values.ts'

/**
 * Parameters for Helm, as `--set` takes them: those whose names have the same beginning, such as `image.repository`
 * and `image.tag`, belong together. A tag alone overrides the one that the values say beside the image's name.
 */
export function placesInParameters(
  document: YamlDocument,
  list: Entry | undefined,
  names: NamesByPath,
  format: string,
): Place[] {
  const node = list?.value ?? null
  if (list === undefined || !isSeq(node)) return []
  return [...byPrefix(valuesOf(document, list))].flatMap(([prefix, entries]) => {
    const around = inParameters(document, node as YAMLSeq.Parsed, prefix === '' ? '' : `${prefix}.`)
    const fields = { entries, key: lastKey(prefix), path: prefix, around }
    const named = new Set(namedIn(fields).flatMap(({ tags }) => tags))
    const lone = [...entries].flatMap(([key, tag]) => {
      const known = named.has(key) ? undefined : names.get(pathOf(prefix.replace(/\[\d+\]/g, ''), key))
      const digest = /[tT]ag$/.test(key) ? entries.get(digestKey(key)) : undefined
      return known === undefined ? [] : [placeOfTag(document, { format, names: known, tag, digest })]
    })
    if (lone.length > 0) return lone
    const rules = { format, global: null, bare: 'leave', addsKey: true, anyKey: true } as const
    const isOfImage = isBelowImage(prefix)
    return [
      ...placesInFields(document, fields, rules),
      ...wholeReferences(document, fields, format).filter(
        ({ names: [name = ''] }) => isOfImage || name.includes('/'),
      ),
    ]
  })
}

/** `webDigest` beside `webTag`. */
function digestKey(tag: string): string {
  return tag.replace(/Tag$/, 'Digest').replace(/tag$/, 'digest')
}

function placeOfTag(
  document: YamlDocument,
  shape: { format: string; names: string[]; tag: Entry; digest: Entry | undefined },
): Place {
  return versionPlace(document, {
    ...shape,
    tagKey: 'tag',
    dropDigest: 'empty',
    name: shape.tag,
    around: { isOwn: false, add: () => null, remove: () => null },
    rename: () => [],
  })
}

/** The values of parameters by their names. */
function valuesOf(document: YamlDocument, list: Entry): [string, Entry][] {
  return itemsOf(document, list, 'parameters').flatMap(({ entries }): [string, Entry][] => {
    const name = textOf(entries.get('name'))
    const value = entries.get('value')
    return name === null || value === undefined ? [] : [[name, value]]
  })
}
