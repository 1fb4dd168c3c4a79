import { isScalar, isSeq } from 'yaml'
import type { TextFile } from '../editor.ts'
import { readDocuments, type YamlDocument } from '../yaml/document.ts'
import { type Entry, itemsOf, type Mapping, rootMapping, textOf } from '../yaml/mapping.ts'

/** What a kustomization includes, and the images whose version it decides. Paths are as written. */
export interface Kustomization {
  path: string
  /** `resources` and `bases`. */
  resources: string[]
  /** Files of patches. */
  patches: string[]
  components: string[]
  /** `name` of each entry of `images:`, or `imageTags:`, that has a tag or a digest. */
  decides: string[]
}

/** Reads a kustomization file; null when it is none. */
export function readKustomization(file: TextFile): Kustomization | null {
  const document = readDocuments(file).documents[0]
  const root = document === undefined ? null : rootMapping(document)
  if (document === undefined || root === null) return null
  return {
    path: file.path,
    resources: ['resources', 'bases'].flatMap((key) => texts(root.entries.get(key))),
    patches: [
      ...texts(root.entries.get('patchesStrategicMerge')),
      ...itemsOf(document, root.entries.get('patches'), 'patches').flatMap(
        ({ entries }) => textOf(entries.get('path')) ?? [],
      ),
    ],
    components: texts(root.entries.get('components')),
    decides: decidedNames(document, root),
  }
}

function decidedNames(document: YamlDocument, root: Mapping): string[] {
  return ['images', 'imageTags']
    .flatMap((key) => itemsOf(document, root.entries.get(key), key))
    .filter(({ entries }) => textOf(entries.get('newTag')) || textOf(entries.get('digest')))
    .flatMap(({ entries }) => textOf(entries.get('name')) ?? [])
}

function texts(entry: Entry | undefined): string[] {
  const node = entry?.value ?? null
  if (!isSeq(node)) return []
  return node.items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []))
}
