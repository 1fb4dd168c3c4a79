import type { ParsedNode } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { type Mapping, mappingsBelow, scalarOf, textOf } from '../yaml/mapping.ts'
import { referencePlace } from '../yaml/reference-place.ts'
import { fieldsOf, placesInFields } from './image-fields.ts'
import { isImageKey } from './image-keys.ts'
import { isEntry, placesOfEntry } from './kustomize-entry.ts'

const FORMAT = 'kubernetes'

/** Keys of custom resources that hold an image though their name does not say so, by group of the API. */
const KNOWN_KEYS: Record<string, string> = {
  'postgresql.cnpg.io': 'imageName',
  'pkg.crossplane.io': 'package',
}

/**
 * Objects of any kind, known or not: each key that ends in `image` whose value is a reference, or a mapping with
 * `repository` and `tag`, wherever it stands. So containers of every sort, CronJobs, Rollouts, `List`s and custom
 * resources need no list of paths. Also `reference` of image volumes
 * (https://kubernetes.io/docs/concepts/storage/volumes/#image).
 */
export const kubernetes: YamlFormat = {
  name: FORMAT,
  places: (document, object) => {
    const [group = ''] = textOf(object.entries.get('apiVersion'))?.split('/') ?? []
    return placesBelow(document, object.node, KNOWN_KEYS[group])
  },
}

/**
 * The images in an object, or in a part of one.
 * @param known a key that holds an image though its name does not say so
 */
export function placesBelow(
  document: YamlDocument,
  node: ParsedNode | null,
  known: string | undefined,
): Place[] {
  return mappingsBelow(document, node).flatMap((mapping) => placesIn(document, mapping, known))
}

function placesIn(document: YamlDocument, mapping: Mapping, known: string | undefined): Place[] {
  if (isEntry(mapping)) return placesOfEntry(document, mapping, FORMAT)
  const fields = fieldsOf(document, mapping)
  const keys = [isImageKey(mapping.key) ? 'reference' : undefined, known].flatMap((key) => key ?? [])
  const rules = { format: FORMAT, global: null, bare: 'write', addsKey: false, anyKey: false } as const
  const isContainer = mapping.key === 'containers' || mapping.key === 'initContainers'
  return [
    ...placesInFields(document, fields, rules).map((place) => ({ ...place, isContainer })),
    ...keys.flatMap((key) => {
      const scalar = scalarOf(mapping.entries.get(key))
      return (scalar && referencePlace(document, scalar, { format: FORMAT })) ?? []
    }),
  ]
}
