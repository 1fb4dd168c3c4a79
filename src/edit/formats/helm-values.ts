import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { type Mapping, mappingIn, mappingsBelow, presentText } from '../yaml/mapping.ts'
import type { Surroundings } from '../yaml/surroundings.ts'
import { byPrefix, lastKey } from './dotted-names.ts'
import { fieldsOf, type ImageFields, isBelowImage, placesInFields, wholeReferences } from './image-fields.ts'
import { isEntry, placesOfEntry } from './kustomize-entry.ts'

/** The mappings that a key `images` lists, by name or one after the other. */
const ONE_OF_IMAGES = /(?:^|\.)[\w-]*[iI]mages(?:\.[^.]+)?$/
/** Keys that speak of an image without ending in the word, such as `imageName`, or `imageProxy`, which is a server. */
const SPEAKS_OF_IMAGE = /image|repository$/i

/**
 * Values of a chart, also those of its sub-charts: `image: "repo:tag"` under every key that ends in `image`, and
 * mappings with `repository` and `tag` or `digest`, with or without `registry`, in any nesting; below a key that
 * ends in `image` or `images`, and under keys that speak of an image, every whole reference.
 */
export const helmValues: YamlFormat = {
  name: 'helm-values',
  places: (document, object) => placesInValues(document, object, 'helm-values'),
}

/** The same for values that stand in an object of another format. */
export function placesInValues(document: YamlDocument, values: Mapping, format: string): Place[] {
  const global = globalRegistry(document, values)
  const rules = { format, global, bare: 'add', addsKey: true, anyKey: true } as const
  return mappingsBelow(document, values.node).flatMap((mapping) =>
    isEntry(mapping)
      ? placesOfEntry(document, mapping, format)
      : fieldSets(document, mapping).flatMap((fields) => {
          const isBelow = isBelowImage(fields.path)
          const isRead = (key: string) => isBelow || SPEAKS_OF_IMAGE.test(key)
          return [
            ...placesInFields(document, fields, rules),
            ...wholeReferences(document, fields, format, isRead).filter(
              ({ names: [name = ''] }) => isBelow || name.includes('/'),
            ),
          ]
        }),
  )
}

/** The keys of a mapping; those with dots, such as `image.tag`, as if they were nested. */
function fieldSets(document: YamlDocument, mapping: Mapping): ImageFields[] {
  const key = ONE_OF_IMAGES.test(mapping.path) ? 'image' : mapping.key
  const fields = { ...fieldsOf(document, mapping), key }
  if (![...mapping.entries.keys()].some((key) => key.includes('.'))) return [fields]
  return [...byPrefix(mapping.entries)].map(([prefix, entries]) => {
    if (prefix === '') return { ...fields, entries }
    const { around } = fields
    const path = mapping.path === '' ? prefix : `${mapping.path}.${prefix}`
    const add: Surroundings['add'] = (after, key, value) => around.add(after, `${prefix}.${key}`, value)
    return { entries, key: lastKey(prefix), path, around: { ...around, add } }
  })
}

/** What charts put before a repository that has no registry of its own. */
export function globalRegistry(document: YamlDocument, values: Mapping): string | null {
  const global = mappingIn(document, values, 'global')
  const image = mappingIn(document, global, 'image')
  return presentText(global?.entries.get('imageRegistry')) ?? presentText(image?.entries.get('registry'))
}
