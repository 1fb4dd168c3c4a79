import type { Scalar } from 'yaml'
import { keepsVersion } from '../behind-name.ts'
import type { Place, Splice, VersionWish } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { type Entry, presentText, scalarOf } from './mapping.ts'
import { claim, isTemplate, makePlace, type PlaceCode, sharing, together, write } from './place.ts'
import { isOtherName } from './rename.ts'
import type { Surroundings } from './surroundings.ts'

/** Some charts put `@` before a tag that is a digest. No tag has a colon. */
const DIGEST = /^sha\d+:/

/** An image whose version stands under keys of its own: `newTag` and `digest`, `tag` and `digest`. */
export interface VersionShape {
  format: string
  names: string[]
  tagKey: string
  tag: Entry | undefined
  digest: Entry | undefined
  /** What stands before the digest that the entry says: some charts write it without `sha256:`. */
  digestPrefix?: string
  /** The key that a digest may be added under; absent where not everything that reads the tag reads a digest. */
  digestKey?: string
  /** What becomes of a digest that is not known any more: the key goes, or it stays with an empty value. */
  dropDigest: 'remove' | 'empty'
  /** The entry that names the image: a tag is added behind it. */
  name: Entry
  around: Surroundings
  /** Gives the image a new name, in the way in which the present one is written. */
  rename(name: string): Splice[] | PlaceCode | null
}

/** The place of an image whose version has keys of its own. */
export function versionPlace(document: YamlDocument, shape: VersionShape): Place {
  const { names, tagKey, dropDigest, around, tag: tagEntry, digest: digestEntry } = shape
  const tagScalar = scalarOf(tagEntry)
  const digestScalar = scalarOf(digestEntry)
  const { digestPrefix = '' } = shape
  const digestText = presentText(digestEntry)
  const tagText = presentText(tagEntry)
  const isDigest = dropDigest === 'empty' && digestText === null && DIGEST.test(tagText ?? '')
  const [tag, pinned] = isDigest ? [null, tagText] : splitTag(tagText)
  const digest = digestText === null ? null : `${digestPrefix}${digestText}`
  for (const scalar of [tagScalar, digestScalar]) {
    if (scalar !== null) claim(document, scalar, names)
  }

  const tagWith = (value: string): Splice[] | PlaceCode | null =>
    tagEntry === undefined
      ? around.add(shape.name, tagKey, value)
      : tagScalar === null
        ? 'unsupported-shape'
        : write(document, tagScalar, value)
  const withoutDigest = (): Splice[] | PlaceCode | null => {
    if (digestEntry === undefined || digestScalar === null) return 'stale-digest'
    if (dropDigest === 'empty') return write(document, digestScalar, '')
    return around.remove(digestEntry) ?? 'stale-digest'
  }
  /** The entry under another key and with another value; null where something else reads it as it is. */
  const turnedInto = (key: string, entry: Entry | undefined, value: string): Splice[] | PlaceCode | null => {
    const scalar = scalarOf(entry)
    const written = entry?.pair.key
    if (scalar === null || !entry?.direct || !around.isOwn || document.aliased.has(scalar)) return null
    claim(document, written as Scalar.Parsed, names)
    return together(write(document, written as Scalar.Parsed, key), write(document, scalar, value))
  }
  const digestToTag = (value: string): Splice[] | PlaceCode | null => {
    if (dropDigest === 'empty' || tagEntry !== undefined) return together(tagWith(value), withoutDigest())
    return turnedInto(tagKey, digestEntry, value) ?? 'stale-digest'
  }
  /** In place of the tag, where an entry of kustomize takes the one as the other. */
  const digestAlone = (value: string): Splice[] | PlaceCode | null => {
    const { digestKey } = shape
    if (digestKey === undefined) return null
    if (tagEntry === undefined) return digestBeside(value)
    if (digestScalar === null) return turnedInto(digestKey, tagEntry, value)
    return together(write(document, digestScalar, value), around.remove(tagEntry))
  }
  /** Behind the tag, which stands there; a digest of no text is filled in. */
  const digestBeside = (value: string): Splice[] | PlaceCode | null => {
    if (digestScalar !== null) return write(document, digestScalar, value.slice(digestPrefix.length))
    const { digestKey } = shape
    return digestKey === undefined ? [] : around.add(tagEntry ?? shape.name, digestKey, value)
  }
  const versionAt = (wish: VersionWish): Splice[] | PlaceCode => {
    if (keepsVersion(wish)) return []
    if (isDigest) return together(tagWith(wish.digest ?? wish.tag))
    if (wish.tag === '' && wish.digest !== undefined && (tag !== null || digest === null)) {
      return together(digestAlone(wish.digest))
    }
    if (digest === null && pinned === null && wish.pins === true && wish.digest !== undefined) {
      return together(tagWith(wish.tag), digestBeside(wish.digest))
    }
    if (digest === null) {
      const pin = pinned !== null && wish.digest !== undefined ? `@${wish.digest}` : ''
      return together(tagWith(`${wish.tag}${pin}`))
    }
    if (wish.digest === undefined) {
      return together(tag === null ? digestToTag(wish.tag) : together(tagWith(wish.tag), withoutDigest()))
    }
    const known = wish.digest.startsWith(digestPrefix) ? wish.digest.slice(digestPrefix.length) : null
    const digestNow = digestScalar === null || known === null ? null : write(document, digestScalar, known)
    return tag === null ? together(digestNow) : together(tagWith(wish.tag), digestNow)
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
      ...(shape.digestKey === undefined ? {} : { takesDigest: true }),
      isShared: () =>
        [tagScalar, digestScalar].some(
          (scalar) => scalar !== null && sharing(document, scalar) === 'same-image',
        ),
    },
    (wish) => {
      if ([tagEntry, digestEntry].some((entry) => isFilledIn(document, entry))) return 'not-literal'
      if (digestEntry !== undefined && digestScalar === null) return 'unsupported-shape'
      const renamed = isOtherName(names[0], wish.name) ? shape.rename(wish.name) : []
      return together(renamed, versionAt(wish))
    },
  )
}

/** Whether the source of a value is a template, which YAML may take for a mapping: `{{ .Values.tag }}`. */
function isFilledIn({ part }: YamlDocument, entry: Entry | undefined): boolean {
  if (entry?.value === undefined || entry.value === null) return false
  const [start, end] = entry.value.range
  const text = part.text.slice(start, Math.min(end, start + 200))
  return scalarOf(entry) === null ? text.startsWith('{{') : isTemplate(text)
}

/** Charts take `1.2@sha256:…` as a tag as well. */
function splitTag(text: string | null): [string | null, string | null] {
  const at = text?.indexOf('@') ?? -1
  return text === null || at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)]
}
