import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { type Entry, type Mapping, presentText, scalarOf } from '../yaml/mapping.ts'
import { refusingPlace } from '../yaml/place.ts'
import { referencePlace, splitReference } from '../yaml/reference-place.ts'
import { claimName, joinedNames, renameSplit } from '../yaml/rename.ts'
import { inMapping } from '../yaml/surroundings.ts'
import { versionPlace } from '../yaml/version-place.ts'

const NAME = /^(.*?)_?(?:IMAGE_NAME|IMAGE_REPOSITORY|IMAGE_REPO|IMAGE|REPOSITORY|REPO)$/i

/**
 * Variables that Flux fills in: one whose value is a whole reference, or a pair such as `WEB_IMAGE` and `WEB_TAG`,
 * `WEB_IMAGE_TAG`, or `webTag`. A name whose tag could stand in more than one variable is not guessed.
 */
export function placesInSubstitutes(
  document: YamlDocument,
  variables: Mapping | null,
  format: string,
): Place[] {
  if (variables === null) return []
  const spellings = new Map<string, string[]>()
  for (const key of variables.entries.keys()) {
    const lower = key.toLowerCase()
    spellings.set(lower, [...(spellings.get(lower) ?? []), key])
  }
  return [...variables.entries].flatMap(([key, entry]) => {
    const scalar = scalarOf(entry)
    const text = presentText(entry)
    const reference = text === null ? null : splitReference(text)
    if (scalar === null || text === null || reference === null) return []
    if (reference.name !== text) return referencePlace(document, scalar, { format }) ?? []
    const base = NAME.exec(key)?.[1]
    if (base === undefined || !text.includes('/')) return []
    const tags = tagKeysOf(spellings, base)
    const [tagKey] = tags
    return tagKey === undefined || tags.length > 1
      ? refusingPlace(document, scalar, format, [text], 'ambiguous-pair')
      : placeOfPair(document, variables, { format, entry, tagKey })
  })
}

/** The variables that may say the tag of an image with this beginning, whatever the case of their names. */
function tagKeysOf(spellings: ReadonlyMap<string, string[]>, base: string): string[] {
  const word = base.toLowerCase()
  const keys = ['tag', 'image_tag', 'imagetag'].flatMap((part) => [word + part, `${word}_${part}`])
  return [...new Set(keys)].flatMap((key) => spellings.get(key) ?? [])
}

function placeOfPair(
  document: YamlDocument,
  variables: Mapping,
  { format, entry, tagKey }: { format: string; entry: Entry; tagKey: string },
): Place {
  const names = joinedNames(presentText(entry) ?? '', null, null)
  const split = { repository: entry, registry: undefined, global: null }
  claimName(document, split, names)
  return versionPlace(document, {
    format,
    names,
    tagKey,
    tag: variables.entries.get(tagKey),
    digest: variables.entries.get(
      tagKey.replace(/TAG$/, 'DIGEST').replace(/Tag$/, 'Digest').replace(/tag$/, 'digest'),
    ),
    dropDigest: 'empty',
    name: entry,
    around: inMapping(document, variables),
    rename: (name) => renameSplit(document, split, name),
  })
}
