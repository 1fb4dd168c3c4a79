import type { Scalar } from 'yaml'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Entry, type Mapping, presentText, scalarOf, scalarsIn } from '../yaml/mapping.ts'
import { refusingPlace } from '../yaml/place.ts'
import { referencePlace, splitReference } from '../yaml/reference-place.ts'
import {
  behindRegistry,
  claimName,
  hasHost,
  joinedNames,
  renameSplit,
  type SplitName,
} from '../yaml/rename.ts'
import { inMapping, type Surroundings } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { IMAGE_KEY, isImageKey, keysOfImage, keysOfName, type VersionKeys } from './image-keys.ts'

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
    const saysImage = key.includes('mage')
    if (!saysImage && !(rules.anyKey && key.endsWith('epository'))) continue
    const isImage = saysImage && IMAGE_KEY.test(key)
    if (isImage) places.push(...underImageKey(document, fields, key, entry, rules))
    const keys = isImage ? null : keysOfName(key)
    if (keys === null) continue
    const tag = saysImage && !entries.has(keys.tag) ? keys.version : keys.tag
    if (entries.has(tag)) places.push(...namedBy(document, fields, entry, { ...keys, tag }, rules))
  }
  places.push(...repositoryIn(document, fields, rules))
  return places
}

/** Whether keys, joined with dots, lead through one that ends in `image` or `images`. */
export function isBelowImage(path: string): boolean {
  return /(?:^|\.)[\w-]*[iI]mages?\d*(?:[.[]|$)/.test(path)
}

/** Whole references, with a tag or a digest, under keys that do not end in `image`, and in lists under them. */
export function wholeReferences(
  document: YamlDocument,
  { entries, key: parent }: Pick<ImageFields, 'entries' | 'key'>,
  format: string,
  isRead: (key: string) => boolean = () => true,
): Place[] {
  const isKnown = (key: string) =>
    IMAGE_KEY.test(key) || PART_KEY.test(key) || (isImageKey(parent) && NAME_KEY.test(key))
  return [...entries].flatMap(([key, entry]) => {
    if (isKnown(key) || !isRead(key)) return []
    const scalar = scalarOf(entry)
    const scalars = scalar === null ? scalarsIn(document, entry) : [scalar]
    return scalars.flatMap((each) => {
      const reference = splitReference(String(each.value).trim())
      const isWhole = reference !== null && (reference.tag !== null || reference.digest !== null)
      return (isWhole && referencePlace(document, each, { format })) || []
    })
  })
}

/**
 * The entry that says the image's name by `repository`, or under a key that ends in `image` by `repo` or `name`;
 * further below such a key by `name` with a version beside it.
 */
export function repositoryOf({ entries, key, path }: ImageFields): Entry | undefined {
  const names = isImageKey(key) ? ['repository', 'repo', 'name'] : ['repository']
  const known = names.map((name) => entries.get(name)).find((entry) => entry !== undefined)
  const hasVersion = entries.has('tag') || entries.has('digest')
  const isName = hasVersion && !entries.has('image') && isBelowImage(path)
  return known ?? (isName ? entries.get('name') : undefined)
}

/** A name of an image among some keys, and the keys beside it that say its version, or could say it. */
export interface NamedImage {
  name: Entry
  registry: string
  tags: string[]
}

/** The names of images among some keys, whether their versions stand beside them or elsewhere. */
export function namedIn(fields: ImageFields): NamedImage[] {
  const { entries } = fields
  const named = (name: Entry, registry: string, tags: string[], versions: string[]): NamedImage => {
    const present = [...tags, ...versions].filter((key) => entries.has(key))
    return { name, registry, tags: present.length === 0 ? tags : present.slice(0, 1) }
  }
  const repository = repositoryOf(fields) ?? hostedName(fields)
  const others = [...entries].flatMap(([key, entry]) => {
    const keys = key.includes('mage') || key.endsWith('epository') ? keysOfName(key) : null
    if (keys !== null) return named(entry, keys.registry, [keys.tag], [keys.version])
    if (!IMAGE_KEY.test(key)) return []
    const { own, beside } = keysOfImage(key)
    return named(entry, beside.registry, [own.tag, `${key}_tag`, beside.tag], [own.version, beside.version])
  })
  return [
    ...(repository === undefined ? [] : [named(repository, 'registry', ['tag'], ['version'])]),
    ...others,
  ]
}

function repositoryIn(document: YamlDocument, fields: ImageFields, rules: FieldRules): Place[] {
  const { entries, key } = fields
  const isImage = isImageKey(key)
  const repository = repositoryOf(fields) ?? (rules.anyKey ? hostedName(fields) : undefined)
  const hasTag = entries.has('tag') || entries.has('digest')
  if (repository === undefined || !(isImage || (hasTag && rules.anyKey))) return []
  if (isImage && !hasTag) {
    const whole = wholeReference(document, fields, repository, rules)
    if (whole !== null) return [whole]
    if (!rules.addsKey && !entries.has('version')) return []
  }
  const tag = isImage && !entries.has('tag') && entries.has('version') ? 'version' : 'tag'
  const digest = !entries.has('digest') && HEX.test(presentText(entries.get('sha')) ?? '') ? 'sha' : 'digest'
  return namedBy(document, fields, repository, { registry: 'registry', tag, digest }, rules)
}

/** `repo` or `name` under a key that does not speak of images: one with its registry is no other thing's name. */
function hostedName({ entries, key }: ImageFields): Entry | undefined {
  const entry = entries.get('repo') ?? entries.get('name')
  return /chart/i.test(key ?? '') || !hasHost(presentText(entry) ?? '') ? undefined : entry
}

/** Some write the tag behind the name in `repository` or `name`. */
function wholeReference(
  document: YamlDocument,
  { entries }: ImageFields,
  entry: Entry,
  rules: FieldRules,
): Place | null {
  const scalar = scalarOf(entry)
  const text = presentText(entry)
  const reference = text === null ? null : splitReference(text)
  return scalar === null || reference === null || reference.name === text
    ? null
    : behindOwnRegistry(document, scalar, presentText(entries.get('registry')), rules)
}

/** A reference before which a chart puts a registry that stands elsewhere. */
function behindOwnRegistry(
  document: YamlDocument,
  scalar: Scalar.Parsed,
  registry: string | null,
  { format, global, bare }: FieldRules,
): Place | null {
  return referencePlace(document, scalar, {
    format,
    names: (written) => joinedNames(written, registry, global),
    addsTag: bare === 'add',
    rename: (written, wished) => behindRegistry(wished, registry ?? (hasHost(written) ? null : global)),
  })
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
  const { entries } = fields
  const isPlain = key === 'image'
  const { own, beside } = keysOfImage(key)
  const [first, second] = isPlain ? [beside, own] : [own, beside]
  const registryKey = entries.has(first.registry) ? first.registry : second.registry
  if (splitReference(text)?.name === text) {
    const named = (tag: string) => {
      const digest = entries.has(first.digest) ? first.digest : second.digest
      return namedBy(document, fields, entry, { registry: registryKey, tag, digest }, rules)
    }
    const refused = () => [refusingPlace(document, scalar, rules.format, [text], 'ambiguous-pair')]
    const tags = [own.tag, `${key}_tag`, beside.tag].filter((name) => entries.has(name))
    if (tags.length > 1) return refused()
    const [tag] = tags
    if (tag !== undefined || entries.has(first.digest)) return named(tag ?? first.tag)
    if (rules.bare === 'leave' || (rules.bare === 'write' && !isPlain)) return []
    if (rules.bare === 'add') {
      const isPart = isImageKey(fields.key) || entries.has(registryKey)
      const version = [own.version, ...(isPlain ? [] : [beside.version])].find((name) => entries.has(name))
      if (version !== undefined) return named(version)
      if (isPlain && entries.has('version')) return isImageKey(fields.key) ? named('version') : refused()
      if (isPlain && isPart) return named('tag')
    }
  }
  const place = behindOwnRegistry(document, scalar, presentText(entries.get(registryKey)), rules)
  return place === null ? [] : [place]
}

function namedBy(
  document: YamlDocument,
  { entries, key, around }: ImageFields,
  repository: Entry,
  keys: Omit<VersionKeys, 'version'>,
  { format, global }: FieldRules,
): Place[] {
  const split: SplitName = { repository, registry: entries.get(keys.registry), global }
  const path = presentText(repository)
  const last = isImageKey(key) && repository === entries.get('repository') ? entries.get('name') : undefined
  const inner = presentText(last)
  const names = [path, ...(inner === null ? [] : [`${path}/${inner}`])].flatMap((each) =>
    path === null || each === null ? [] : joinedNames(each, presentText(split.registry), global),
  )
  if (names.length === 0) return []
  const isByName = repository === entries.get('name') || repository === entries.get('repo')
  /** Whether a new name can stand where the present one does, and is then read as the image's. */
  const takes = (name: string) => inner === null && (!isByName || isImageKey(key) || hasHost(name))
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
    rename: (name) => (takes(name) ? renameSplit(document, split, name) : 'rename-unsupported'),
  })
  return [place]
}
