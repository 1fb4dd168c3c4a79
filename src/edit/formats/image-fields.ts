import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Entry, type Mapping, presentText, scalarOf } from '../yaml/mapping.ts'
import { refusingPlace } from '../yaml/place.ts'
import { referencePlace, splitReference } from '../yaml/reference-place.ts'
import { behindRegistry, claimName, joinedNames, renameSplit, type SplitName } from '../yaml/rename.ts'
import { inMapping, type Surroundings } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'

export const IMAGE_KEY = /^[\w-]*[iI]mage$/

/** Keys above labels of Kubernetes, which hold no reference: their values take neither `:` nor `/`. */
const LABELS_KEY = /(?:^l|L)abels$|^(?:\w+S|s)elector$/

/** Charts of Grafana and others write `sha` beside `tag`: a digest without `sha256:`. */
const HEX = /^[0-9a-f]{64}$/

/** Keys under which the name of an image stands, below one that ends in `image`. */
const NAME_KEY = /^(?:repository|repo|name)$/

/** Keys under which no reference stands, but a part of one. */
const PART_KEY = /^(?:registry|sha|version)$|^(?:\w*[a-z]T|t)ag$|^(?:\w*[a-z]D|d)igest$/

/** Keys that stand side by side and may say an image. */
export interface ImageFields {
  entries: ReadonlyMap<string, Entry>
  /** The key above them. */
  key: string | null
  /** All keys above them, as in Mapping. */
  path: string
  around: Surroundings
}

export interface FieldRules {
  format: string
  /** A registry for repositories that have none. */
  global: string | null
  /**
   * What becomes of a reference without tag: it gets one, only under `image` itself, or only when nothing else
   * names the image.
   */
  bare: 'write' | 'add' | 'leave'
  /** Whether a name without a key for its version may get one, when nothing else names the image. */
  addsKey: boolean
  /** Whether `repository` with `tag` is an image under every key, not only under one that ends in `image`. */
  anyKey: boolean
}

export function fieldsOf(document: YamlDocument, mapping: Mapping): ImageFields {
  const { entries, key, path } = mapping
  return { entries, key, path, around: inMapping(document, mapping) }
}

/** Every image that some keys say: whole references, and names whose version has a key of its own. */
export function placesInFields(document: YamlDocument, fields: ImageFields, rules: FieldRules): Place[] {
  const { entries } = fields
  const places: Place[] = []
  if (fields.key !== null && LABELS_KEY.test(fields.key)) return places
  for (const [key, entry] of entries) {
    if (!key.includes('mage')) continue
    if (IMAGE_KEY.test(key)) places.push(...underImageKey(document, fields, key, entry, rules))
    const flat = /^([\w-]*[iI]mage)(?:_?(?:repository|repo|name))$/i.exec(key)?.[1]
    const keyOf = (part: string) =>
      key.includes('mage_') ? `${flat}_${part.toLowerCase()}` : `${flat}${part}`
    if (flat === undefined || !entries.has(keyOf('Tag'))) continue
    const keys = { registry: keyOf('Registry'), tag: keyOf('Tag'), digest: keyOf('Digest') }
    places.push(...namedBy(document, fields, entry, keys, rules))
  }
  places.push(...repositoryIn(document, fields, rules))
  return places
}

/** Whether keys, joined with dots, lead through one that ends in `image` or `images`. */
export function isBelowImage(path: string): boolean {
  return /(?:^|\.)[\w-]*[iI]mages?\d*(?:[.[]|$)/.test(path)
}

/** Whole references, with a tag or a digest, under keys that do not say that they hold an image. */
export function wholeReferences(
  document: YamlDocument,
  { entries, key: parent }: Pick<ImageFields, 'entries' | 'key'>,
  format: string,
): Place[] {
  const isRead = (key: string) =>
    IMAGE_KEY.test(key) || PART_KEY.test(key) || (isImageKey(parent) && NAME_KEY.test(key))
  return [...entries].flatMap(([key, entry]) => {
    const scalar = isRead(key) ? null : scalarOf(entry)
    const reference = scalar === null ? null : splitReference(String(scalar.value).trim())
    const isWhole = reference !== null && (reference.tag !== null || reference.digest !== null)
    return (scalar && isWhole && referencePlace(document, scalar, { format })) || []
  })
}

/**
 * The entry that says the image's name by `repository`, or by `repo` or `name` under a key that ends in `image`;
 * further below such a key by `name` with a version beside it.
 */
export function repositoryOf({ entries, key, path }: ImageFields): Entry | undefined {
  const repository = entries.get('repository')
  if (repository !== undefined) return repository
  if (isImageKey(key)) return entries.get('repo') ?? entries.get('name')
  const hasVersion = entries.has('tag') || entries.has('digest')
  return hasVersion && !entries.has('image') && isBelowImage(path) ? entries.get('name') : undefined
}

function repositoryIn(document: YamlDocument, fields: ImageFields, rules: FieldRules): Place[] {
  const { entries, key } = fields
  const repository = repositoryOf(fields)
  const isImage = isImageKey(key)
  const hasTag = entries.has('tag') || entries.has('digest')
  if (repository === undefined || !(isImage || (hasTag && rules.anyKey))) return []
  if (isImage && !hasTag) {
    const whole = wholeReference(document, repository, rules)
    if (whole !== null) return [whole]
    if (!rules.addsKey && !entries.has('version')) return []
  }
  const tag = isImage && !entries.has('tag') && entries.has('version') ? 'version' : 'tag'
  const digest = !entries.has('digest') && HEX.test(presentText(entries.get('sha')) ?? '') ? 'sha' : 'digest'
  return namedBy(document, fields, repository, { registry: 'registry', tag, digest }, rules)
}

/** Some write the tag behind the name in `repository` or `name`. */
function wholeReference(document: YamlDocument, entry: Entry, { format }: FieldRules): Place | null {
  const scalar = scalarOf(entry)
  const text = presentText(entry)
  const reference = text === null ? null : splitReference(text)
  return scalar === null || reference === null || reference.name === text
    ? null
    : referencePlace(document, scalar, { format })
}

function underImageKey(
  document: YamlDocument,
  fields: ImageFields,
  key: string,
  entry: Entry,
  rules: FieldRules,
): Place[] {
  const scalar = scalarOf(entry)
  const text = presentText(entry)
  if (scalar === null || text === null) return []
  const isPlain = key === 'image'
  const registryKey = isPlain ? 'registry' : `${key}Registry`
  if (splitReference(text)?.name === text) {
    const tags = [`${key}Tag`, `${key}_tag`, ...(isPlain ? ['tag'] : [])].filter((name) =>
      fields.entries.has(name),
    )
    if (tags.length > 1) return [refusingPlace(document, scalar, rules.format, [text], 'ambiguous-pair')]
    const keys = { registry: registryKey, tag: tags[0] ?? 'tag', digest: isPlain ? 'digest' : `${key}Digest` }
    if (tags.length > 0 || fields.entries.has(keys.digest))
      return namedBy(document, fields, entry, keys, rules)
    if (rules.bare === 'leave' || (rules.bare === 'write' && !isPlain)) return []
  }
  const registry = presentText(fields.entries.get(registryKey))
  const place = referencePlace(document, scalar, {
    format: rules.format,
    names: (written) => joinedNames(written, registry, rules.global),
    addsTag: rules.bare === 'add',
    rename: (_, wished) => behindRegistry(wished, registry),
  })
  return place === null ? [] : [place]
}

function namedBy(
  document: YamlDocument,
  { entries, around }: ImageFields,
  repository: Entry,
  keys: { registry: string; tag: string; digest: string },
  { format, global }: FieldRules,
): Place[] {
  const split: SplitName = { repository, registry: entries.get(keys.registry), global }
  const path = presentText(repository)
  const names = path === null ? [] : joinedNames(path, presentText(split.registry), global)
  if (names.length === 0) return []
  claimName(document, split, names)
  const place = versionPlace(document, {
    format,
    names,
    tagKey: keys.tag,
    tag: entries.get(keys.tag),
    digest: entries.get(keys.digest),
    ...(keys.digest === 'sha' ? { digestPrefix: 'sha256:' } : {}),
    dropDigest: 'empty',
    name: repository,
    around,
    rename: (name) => renameSplit(document, split, name),
  })
  return [place]
}

function isImageKey(key: string | null): boolean {
  return key !== null && IMAGE_KEY.test(key)
}
