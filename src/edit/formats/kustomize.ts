import { isSeq, type YAMLSeq } from 'yaml'
import { readReference } from '../../domain/image.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { AddImage, YamlFormat } from '../yaml/format.ts'
import { itemsOf, type Mapping, rootMapping, textOf } from '../yaml/mapping.ts'
import { refuse } from '../yaml/place.ts'
import { appendItem, fillList, insertList } from '../yaml/shape.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { kindOf } from './kind.ts'

const FORMAT = 'kustomize'

/**
 * `images:` of a Kustomization or Component
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/). An entry is an image's when
 * its `newName` is, which is what it deploys, or its `name`, which is what the base calls it.
 */
export const kustomize: YamlFormat = {
  name: FORMAT,
  holds: (document) => kindOf(document) === 'kustomize',
  places: (document) => {
    const images = rootMapping(document)?.entries.get('images')
    return itemsOf(document, images, 'images').flatMap((item) => placeOf(document, item))
  },
}

/** Adds an entry to `images:`, and `images:` itself where there is none. */
export const addToKustomization: AddImage = (document, name, wish) => {
  const root = rootMapping(document)
  if (root === null || root.node !== document.root) return null
  const item: [string, string][] = [
    ['name', name],
    ['newTag', wish.tag],
  ]
  const images = root.entries.get('images')
  if (images === undefined) return insertList(document.part.text, root.node, 'images', item)
  if (!images.direct || images.value === null) return null
  return isSeq(images.value) && images.value.items.length > 0
    ? appendItem(document.part.text, images.value as YAMLSeq.Parsed, item)
    : fillList(document.part.text, root.node, images.pair, item)
}

function placeOf(document: YamlDocument, item: Mapping): Place[] {
  const name = item.entries.get('name')
  const written = textOf(name)
  if (name === undefined || !written) return []
  const newName = textOf(item.entries.get('newName'))
  const names = [newName, written].flatMap((text) => nameIn(text) ?? [])
  const place = versionPlace(document, item, {
    format: FORMAT,
    names,
    tagKey: 'newTag',
    dropDigest: 'remove',
    name: item.entries.get('newName') ?? name,
  })
  const hasSuffix = textOf(item.entries.get('tagSuffix')) !== null
  if (!place.adds || !hasSuffix) return [place]
  const at = name.pair.key.range[0]
  return [{ ...place, splices: () => refuse(document, at, 'tag-suffix') }]
}

/** kustomize takes a `name` with a tag, which then matches only that tag in the base. */
function nameIn(text: string | null): string | null {
  return text === null ? null : (readReference(text)?.name.written ?? null)
}
