import { isSeq, type YAMLSeq } from 'yaml'
import { readReference } from '../../domain/image.ts'
import { keepsVersion } from '../behind-name.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { AddImage, YamlFormat } from '../yaml/format.ts'
import {
  itemsOf,
  type Mapping,
  mappingIn,
  presentText,
  rootMapping,
  scalarOf,
  textOf,
} from '../yaml/mapping.ts'
import { refuse, write } from '../yaml/place.ts'
import { referencePlace, splitReference } from '../yaml/reference-place.ts'
import { appendItem, fillList, insertList } from '../yaml/shape.ts'
import { inMapping } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { placesInValues } from './helm-values.ts'
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

/** The place of one entry with `name`, `newName`, `newTag` and `digest`. */
export function placesOfEntry(document: YamlDocument, item: Mapping, format: string): Place[] {
  const name = item.entries.get('name')
  const newName = item.entries.get('newName')
  const written = textOf(name)
  if (name === undefined || !written) return []
  const pinned = placeInNewName(document, item, written, format)
  if (pinned !== null) return [pinned]
  const around = inMapping(document, item)
  const place = versionPlace(document, {
    format,
    names: [textOf(newName), written].flatMap(nameIn),
    tagKey: 'newTag',
    tag: item.entries.get('newTag'),
    digest: item.entries.get('digest'),
    digestKey: 'digest',
    dropDigest: 'remove',
    name: newName ?? name,
    around,
    rename: (wished) => {
      const scalar = scalarOf(newName)
      if (newName === undefined) return around.add(name, 'newName', wished)
      return scalar === null || document.aliased.has(scalar) || !newName.direct
        ? 'rename-unsupported'
        : write(document, scalar, wished)
    },
  })
  const hasSuffix = textOf(item.entries.get('tagSuffix')) !== null
  if (!place.adds || !hasSuffix) return [place]
  const at = name.pair.key.range[0]
  const splices: Place['splices'] = (wish) =>
    keepsVersion(wish) ? place.splices(wish) : refuse(document, at, 'tag-suffix')
  return [{ ...place, splices }]
}

/**
 * kustomize writes `newName` as it is, so a version may stand there; a tag or a digest beside it would come behind
 * the one that is there. Null where `newName` is a name alone.
 */
function placeInNewName(document: YamlDocument, item: Mapping, name: string, format: string): Place | null {
  const newName = scalarOf(item.entries.get('newName'))
  const reference = newName === null ? null : splitReference(String(newName.value).trim())
  if (newName === null || reference === null) return null
  if (reference.tag === null && reference.digest === null) return null
  const place = referencePlace(document, newName, { format, names: (written) => [written, ...nameIn(name)] })
  const others = ['newTag', 'digest', 'tagSuffix'].some((key) => presentText(item.entries.get(key)))
  const at = newName.range[0]
  return place === null || !others
    ? place
    : { ...place, splices: () => refuse(document, at, 'unsupported-shape') }
}

/** kustomize takes a `name` with a tag, which then matches only that tag in the base. */
function nameIn(text: string | null): string[] {
  const reference = text === null ? null : readReference(text)
  return reference === null ? [] : [reference.name.written]
}
