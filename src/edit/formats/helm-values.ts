import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { type Mapping, mappingIn, mappingsBelow, presentText } from '../yaml/mapping.ts'
import { fieldsOf, placesInFields, wholeReferences } from './image-fields.ts'

/** What stands below a key that ends in `image` or `images`. */
const BELOW_IMAGES = /(?:^|\.)[\w-]*[iI]mages?(?:\.|$)/
/** The mappings that a key `images` lists, by name or one after the other. */
const ONE_OF_IMAGES = /(?:^|\.)[\w-]*[iI]mages(?:\.[^.]+)?$/
/** Keys that speak of an image without ending in the word, such as `imageName` and `WEB_IMAGE`. */
const SPEAKS_OF_IMAGE = /image|repository$/i

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
  return mappingsBelow(document, values.node).flatMap((mapping) => {
    const fields = fieldsOf(document, mapping)
    const key = ONE_OF_IMAGES.test(mapping.path) ? 'image' : fields.key
    const places = placesInFields(document, { ...fields, key }, rules)
    const isBelow = BELOW_IMAGES.test(mapping.path)
    const others = wholeReferences(document, mapping, format, (name) => isBelow || SPEAKS_OF_IMAGE.test(name))
    const isFound = ({ line, column }: Place) =>
      places.some((place) => place.line === line && place.column === column)
    return [...places, ...others.filter((other) => !isFound(other))]
  })
}

/** What charts put before a repository that has no registry of its own. */
export function globalRegistry(document: YamlDocument, values: Mapping): string | null {
  const global = mappingIn(document, values, 'global')
  const image = mappingIn(document, global, 'image')
  return presentText(global?.entries.get('imageRegistry')) ?? presentText(image?.entries.get('registry'))
}
