import { isSeq, type YAMLSeq } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Entry, itemsOf, textOf } from '../yaml/mapping.ts'
import { inParameters } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { placesInFields, repositoryOf } from './image-fields.ts'
import type { NamesByPath } from './names-in-values.ts'

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
  return [...groupsOf(document, list)].flatMap(([prefix, entries]) => {
    const around = inParameters(document, node as YAMLSeq.Parsed, prefix === '' ? '' : `${prefix}.`)
    const key = prefix === '' ? null : lastKey(prefix)
    const fields = { entries, key, around }
    const tag = entries.get('tag')
    const known = names.get(prefix.replace(/\[\d+\]/g, ''))
    if (repositoryOf(fields) === undefined && tag !== undefined && known !== undefined) {
      return [placeOfTag(document, { format, names: known, tag, digest: entries.get('digest') })]
    }
    return placesInFields(document, fields, {
      format,
      global: null,
      bare: 'leave',
      addsKey: true,
      anyKey: true,
    })
  })
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

/** Values by the last part of their names, by what stands before it. The last of equal names counts. */
function groupsOf(document: YamlDocument, list: Entry): Map<string, Map<string, Entry>> {
  const groups = new Map<string, Map<string, Entry>>()
  for (const { entries } of itemsOf(document, list, 'parameters')) {
    const name = textOf(entries.get('name'))
    const value = entries.get('value')
    if (name === null || value === undefined) continue
    const dot = name.lastIndexOf('.')
    const prefix = name.slice(0, Math.max(0, dot))
    const group = groups.get(prefix) ?? new Map<string, Entry>()
    groups.set(prefix, group.set(name.slice(dot + 1), value))
  }
  return groups
}

function lastKey(prefix: string): string {
  return prefix.slice(prefix.lastIndexOf('.') + 1).replace(/(?:\[\d+\])+$/, '')
}
