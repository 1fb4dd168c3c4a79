import type { Scalar } from 'yaml'
import type { Place, Splice } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { type Entry, type Mapping, scalarOf, textOf } from './mapping.ts'
import { claim, isTemplate, makePlace, type PlaceCode, sharing, together, write } from './place.ts'
import { insertPair, removePair } from './shape.ts'

/** An image whose version stands under keys of its own: `newTag` and `digest`, `tag` and `digest`. */
export interface VersionShape {
  format: string
  names: string[]
  tagKey: 'newTag' | 'tag'
  /** What becomes of a digest that is not known any more: the key goes, or it stays with an empty value. */
  dropDigest: 'remove' | 'empty'
  /** The entry that names the image: a tag is added behind it. */
  name: Entry
}

/** The place of an image in a mapping. */
export function versionPlace(document: YamlDocument, mapping: Mapping, shape: VersionShape): Place {
  const { names, tagKey, dropDigest } = shape
  const tagEntry = mapping.entries.get(tagKey)
  const digestEntry = mapping.entries.get('digest')
  const tagScalar = scalarOf(tagEntry)
  const digestScalar = scalarOf(digestEntry)
  const [tag, pinned] = splitTag(presentText(tagEntry))
  const digest = presentText(digestEntry)
  for (const scalar of [tagScalar, digestScalar]) {
    if (scalar !== null) claim(document, scalar, names)
  }

  const tagWith = (value: string): Splice[] | PlaceCode | null =>
    tagEntry === undefined
      ? addPair(tagKey, value)
      : tagScalar === null
        ? 'unsupported-shape'
        : write(document, tagScalar, value)
  const addPair = (key: string, value: string): Splice[] | PlaceCode | null =>
    shape.name.direct && isOwn(document, mapping)
      ? insertPair(document.part.text, mapping.node, shape.name.pair, key, value)
      : 'unsupported-shape'
  const withoutDigest = (): Splice[] | PlaceCode | null => {
    if (digestEntry === undefined || digestScalar === null) return 'stale-digest'
    if (dropDigest === 'empty') return write(document, digestScalar, '')
    const isShared = !digestEntry.direct || document.aliased.has(digestScalar) || !isOwn(document, mapping)
    if (isShared) return 'stale-digest'
    return removePair(document.part.text, mapping.node, digestEntry.pair) ?? 'stale-digest'
  }
  const digestToTag = (value: string): Splice[] | PlaceCode | null => {
    const key = digestEntry?.pair.key
    if (dropDigest === 'empty' || tagEntry !== undefined) return together(tagWith(value), withoutDigest())
    if (digestScalar === null || !digestEntry?.direct || key === undefined || !isOwn(document, mapping)) {
      return 'stale-digest'
    }
    return together(write(document, key as Scalar.Parsed, tagKey), write(document, digestScalar, value))
  }

  const versionScalar = tagScalar ?? digestScalar
  return makePlace(
    document,
    {
      format: shape.format,
      names,
      tag,
      digest: digest ?? pinned,
      at: versionScalar?.range[0] ?? shape.name.pair.key.range[0],
      adds: tagEntry === undefined && digest === null,
      isShared: () =>
        [tagScalar, digestScalar].some(
          (scalar) => scalar !== null && sharing(document, scalar) === 'same-image',
        ),
    },
    (wish) => {
      if (isTemplate(`${tag ?? ''} ${digest ?? ''}`)) return 'not-literal'
      if (digestEntry !== undefined && digestScalar === null) return 'unsupported-shape'
      if (digest === null) {
        const pin = pinned !== null && wish.digest !== undefined ? `@${wish.digest}` : ''
        return together(tagWith(`${wish.tag}${pin}`))
      }
      if (wish.digest === undefined) {
        return together(tag === null ? digestToTag(wish.tag) : together(tagWith(wish.tag), withoutDigest()))
      }
      const digestNow = digestScalar === null ? null : write(document, digestScalar, wish.digest)
      return tag === null ? together(digestNow) : together(tagWith(wish.tag), digestNow)
    },
  )
}

/** The text of a value that says something; null for what is missing, empty, or null. */
function presentText(entry: Entry | undefined): string | null {
  const text = textOf(entry)
  const plain = scalarOf(entry)?.type === 'PLAIN'
  return text === null || text === '' || (plain && /^(?:~|null|Null|NULL)$/.test(text)) ? null : text
}

/** Charts take `1.2@sha256:…` as a tag as well. */
function splitTag(text: string | null): [string | null, string | null] {
  const at = text?.indexOf('@') ?? -1
  return text === null || at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
}

/** Whether the mapping is not used by an alias elsewhere: keys that come or go would do so there as well. */
function isOwn(document: YamlDocument, mapping: Mapping): boolean {
  return !document.aliased.has(mapping.node)
}
