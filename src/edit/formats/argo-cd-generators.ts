import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { itemsOf, type Mapping, mappingIn, mappingsBelow } from '../yaml/mapping.ts'
import { fieldsOf, placesInFields, wholeReferences } from './image-fields.ts'
import { isEntry, placesOfEntry } from './kustomize-entry.ts'

/**
 * Elements of list generators, and the `values` of other generators, also inside of a matrix or a merge: what the
 * template reads by names of its own. A text that is a whole reference with a tag is an image under every key; a
 * name alone only where its tag stands beside it.
 */
export function placesInGenerators(document: YamlDocument, spec: Mapping | null, format: string): Place[] {
  const generators = spec?.entries.get('generators')?.value ?? null
  return mappingsBelow(document, generators).flatMap((mapping) => {
    if (mapping.key === 'list') {
      return itemsOf(document, mapping.entries.get('elements'), 'elements').flatMap((element) =>
        placesInElement(document, element, format),
      )
    }
    const values = mapping.key === 'elements' ? null : mappingIn(document, mapping, 'values')
    return values === null ? [] : placesInElement(document, values, format)
  })
}

function placesInElement(document: YamlDocument, element: Mapping, format: string): Place[] {
  return mappingsBelow(document, element.node).flatMap((mapping) => {
    if (isEntry(mapping)) return placesOfEntry(document, mapping, format)
    const rules = { format, global: null, bare: 'leave', addsKey: false, anyKey: true } as const
    const others = wholeReferences(document, mapping, format)
    return [...placesInFields(document, fieldsOf(document, mapping), rules), ...others]
  })
}
