import { readReference } from '../../domain/image.ts'
import { keepsVersion } from '../behind-name.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Mapping, presentText, scalarOf, textOf } from '../yaml/mapping.ts'
import { refuse, write } from '../yaml/place.ts'
import { referencePlace, splitReference } from '../yaml/reference-place.ts'
import { inMapping } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'

/**
 * Whether a mapping says an image as kustomize does, wherever it stands: in the configuration of a function of kpt
 * (https://catalog.kpt.dev/function-catalog/set-image/v0.1/), in values, or in the elements of a generator.
 */
export function isEntry({ entries }: Pick<Mapping, 'entries'>): boolean {
  return entries.has('name') && (entries.has('newTag') || entries.has('newName'))
}

/** The place of one entry with `name`, `newName`, `newTag` and `digest`. */
export function placesOfEntry(document: YamlDocument, item: Mapping, format: string): Place[] {
  const name = item.entries.get('name')
  const newName = item.entries.get('newName')
  const written = textOf(name)
  if (name === undefined || !written) return []
  // Where versions are shared by anchors, those of other images matter too.
  if (document.targets.size === 0 && !document.concerns(`${written} ${textOf(newName)}`)) return []
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
