import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { type Mapping, mappingIn, mappingsBelow, presentText } from '../yaml/mapping.ts'
import { fieldsOf, placesInFields, wholeReferences } from './image-fields.ts'

/**
 * Values of a chart, also those of its sub-charts: `image: "repo:tag"` under every key that ends in `image`, and
 * mappings with `repository` and `tag` or `digest`, with or without `registry`, in any nesting; below a key
 * `images`, every whole reference.
 */
export const helmValues: YamlFormat = {
  name: 'helm-values',
  places: (document, object) => placesInValues(document, object, 'helm-values'),
}

/** The same for values that stand in an object of another format. */
export function placesInValues(document: YamlDocument, values: Mapping, format: string): Place[] {
  const global = globalRegistry(document, values)
  const rules = { format, global, bare: 'add', addsKey: true, anyKey: true } as const
  return mappingsBelow(document, values.node).flatMap((mapping) => [
    ...placesInFields(document, fieldsOf(document, mapping), rules),
    ...(/(?:^|\.)images(?:\.|$)/.test(mapping.path) ? wholeReferences(document, mapping, format) : []),
  ])
}

/** What charts put before a repository that has no registry of its own. */
export function globalRegistry(document: YamlDocument, values: Mapping): string | null {
  const global = mappingIn(document, values, 'global')
  const image = mappingIn(document, global, 'image')
  return presentText(global?.entries.get('imageRegistry')) ?? presentText(image?.entries.get('registry'))
}
