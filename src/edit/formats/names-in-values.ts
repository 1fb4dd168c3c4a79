import type { YamlDocument } from '../yaml/document.ts'
import { type Mapping, mappingsBelow, presentText } from '../yaml/mapping.ts'
import { joinedNames } from '../yaml/rename.ts'
import { globalRegistry } from './helm-values.ts'
import { fieldsOf, namedIn } from './image-fields.ts'

/** The names of images that values say, in all their spellings, by the path of the key that says the tag. */
export type NamesByPath = Map<string, string[]>

/** Which images values name, so that a tag that stands elsewhere under the same keys finds its name. */
export function namesInValues(document: YamlDocument, values: Mapping): NamesByPath {
  const global = globalRegistry(document, values)
  const names: NamesByPath = new Map()
  for (const mapping of mappingsBelow(document, values.node)) {
    for (const { name, registry, tags } of namedIn(fieldsOf(document, mapping))) {
      const path = presentText(name)
      const spelled =
        path === null ? [] : joinedNames(path, presentText(mapping.entries.get(registry)), global)
      if (spelled.length === 0) continue
      for (const tag of tags) names.set(pathOf(mapping.path, tag), spelled)
    }
  }
  return names
}

/** The path of a key below some others. */
export function pathOf(above: string, key: string): string {
  return above === '' ? key : `${above}.${key}`
}
