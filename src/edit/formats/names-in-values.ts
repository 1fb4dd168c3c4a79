import type { YamlDocument } from '../yaml/document.ts'
import { type Mapping, mappingsBelow, presentText } from '../yaml/mapping.ts'
import { joinedNames } from '../yaml/rename.ts'
import { globalRegistry } from './helm-values.ts'
import { fieldsOf, repositoryOf } from './image-fields.ts'

/** The names of images that values say, in all their spellings, by the path of the mapping that says them. */
export type NamesByPath = Map<string, string[]>

/** Which images values name, so that a tag that stands elsewhere under the same keys finds its name. */
export function namesInValues(document: YamlDocument, values: Mapping): NamesByPath {
  const global = globalRegistry(document, values)
  const names: NamesByPath = new Map()
  for (const mapping of mappingsBelow(document, values.node)) {
    const path = presentText(repositoryOf(fieldsOf(document, mapping)))
    if (path === null) continue
    names.set(mapping.path, joinedNames(path, presentText(mapping.entries.get('registry')), global))
  }
  return names
}
