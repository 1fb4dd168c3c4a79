import { isSeq, type YAMLSeq } from 'yaml'
import type { Place } from '../editor.ts'
import type { AddImage, YamlFormat } from '../yaml/format.ts'
import { itemsOf, type Mapping, mappingIn, rootMapping, textOf } from '../yaml/mapping.ts'
import { appendItem, fillList, insertList } from '../yaml/shape.ts'
import { placesInValues } from './helm-values.ts'
import { placesOfEntry } from './kustomize-entry.ts'
import { placesInPatches } from './patches.ts'

const FORMAT = 'kustomize'

/**
 * `images:` of a Kustomization or Component, and `imageTags:` as it was called before
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/). An entry is an image's when
 * its `newName` is, which is what it deploys, or its `name`, which is what the base calls it. Also the values of
 * charts in `helmCharts:`, and the images in patches.
 */
export const kustomize: YamlFormat = {
  name: FORMAT,
  places: (document, object) => {
    const { entries } = object
    const images = ['images', 'imageTags'].flatMap((key) => itemsOf(document, entries.get(key), key))
    return [
      ...images.flatMap((item) => placesOfEntry(document, item, FORMAT)),
      ...itemsOf(document, entries.get('helmCharts'), 'helmCharts').flatMap((chart) => {
        const values = mappingIn(document, chart, 'valuesInline')
        return values === null ? [] : placesInValues(document, values, FORMAT)
      }),
      ...placesInPatches(document, object).filter((place) => !images.some((item) => decides(item, place))),
    ]
  },
}

/** Whether an entry says the version of what a patch beside it says: images come after patches. */
function decides({ entries }: Mapping, { names: [name], isContainer }: Place): boolean {
  const hasVersion = textOf(entries.get('newTag')) || textOf(entries.get('digest'))
  return Boolean(isContainer && hasVersion && textOf(entries.get('name')) === name)
}

/** Adds an entry to `images:`, and `images:` itself where there is none. */
export const addToKustomization: AddImage = (document, name, wish) => {
  const root = rootMapping(document)
  if (root === null || root.node !== document.root) return null
  const { tag, digest, pins } = wish
  const item: [string, string][] = [['name', name]]
  if (wish.name !== undefined && wish.name !== name) item.push(['newName', wish.name])
  if (tag !== '') item.push(['newTag', tag])
  if (digest !== undefined && (tag === '' || pins !== false)) item.push(['digest', digest])
  const images = root.entries.get('images')
  if (images === undefined) return insertList(document.part.text, root.node, 'images', item)
  if (!images.direct || images.value === null) return null
  return isSeq(images.value) && images.value.items.length > 0
    ? appendItem(document.part.text, images.value as YAMLSeq.Parsed, item)
    : fillList(document.part.text, root.node, images.pair, item)
}
