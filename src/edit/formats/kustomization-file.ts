import { isScalar, isSeq } from 'yaml'
import type { TextFile } from '../editor.ts'
import { readDocuments, type YamlDocument } from '../yaml/document.ts'
import { type Entry, itemsOf, type Mapping, mappingIn, rootMapping, textOf } from '../yaml/mapping.ts'

/** What a kustomization includes, and the images whose version it decides. Paths are as written. */
export interface Kustomization {
  path: string
  /** `resources` and `bases`. */
  resources: string[]
  /** Files of patches. */
  patches: string[]
  components: string[]
  /** Files and directories; what runs after everything else. */
  transformers: string[]
  decides: Decided[]
}

/** An entry of `images:`, or an `ImageTagTransformer`, that has a tag or a digest. */
export interface Decided {
  /** The image that it is for, as the base writes it. */
  name: string
  /** Whether it may reach other images than those of containers: it has, or could have, fields of its own. */
  everywhere: boolean
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
    transformers: texts(root.entries.get('transformers')),
    decides: decidedByEntries(document, root),
  }
}

/** The images whose version the transformers that a file configures decide. */
export function readTransformers(file: TextFile): Decided[] {
  return readDocuments(file).documents.flatMap((document) => {
    const root = rootMapping(document)
    const entry = mappingIn(document, root, 'imageTag')
    if (textOf(root?.entries.get('kind')) !== 'ImageTagTransformer' || entry === null) return []
    return decidedBy(entry, root?.entries.has('fieldSpecs') === true)
  })
}

function decidedByEntries(document: YamlDocument, root: Mapping): Decided[] {
  return ['images', 'imageTags']
    .flatMap((key) => itemsOf(document, root.entries.get(key), key))
    .flatMap((item) => decidedBy(item, root.entries.has('configurations')))
}

function decidedBy({ entries }: Mapping, everywhere: boolean): Decided[] {
  const name = textOf(entries.get('name'))
  const hasVersion = textOf(entries.get('newTag')) || textOf(entries.get('digest'))
  return name !== null && hasVersion ? [{ name, everywhere }] : []
}

function texts(entry: Entry | undefined): string[] {
  const node = entry?.value ?? null
  if (!isSeq(node)) return []
  return node.items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []))
}
