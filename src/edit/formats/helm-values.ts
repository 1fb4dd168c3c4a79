import { readReference } from '../../domain/image.ts'
import type { Place } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import type { YamlFormat } from '../yaml/format.ts'
import { type Mapping, mappingsOf, scalarOf, textOf } from '../yaml/mapping.ts'
import { referencePlace } from '../yaml/reference-place.ts'
import { versionPlace } from '../yaml/version-place.ts'
import { kindOf } from './kind.ts'

const FORMAT = 'helm-values'
const IMAGE_KEY = /[iI]mage$/

/**
 * Values of a chart: `image: "repo:tag"` under every key that ends in `image`, and mappings with `repository`
 * and `tag` or `digest`, with or without `registry`, in any nesting.
 */
export const helmValues: YamlFormat = {
  name: FORMAT,
  holds: (document) => kindOf(document) === 'values',
  places: (document) =>
    mappingsOf(document).flatMap((mapping) => [
      ...referencesIn(document, mapping),
      ...repositoryIn(document, mapping),
    ]),
}

function referencesIn(document: YamlDocument, { entries }: Mapping): Place[] {
  return [...entries].flatMap(([key, entry]) => {
    const scalar = IMAGE_KEY.test(key) ? scalarOf(entry) : null
    return (scalar && referencePlace(FORMAT, document, scalar)) ?? []
  })
}

function repositoryIn(document: YamlDocument, mapping: Mapping): Place[] {
  const { entries, key } = mapping
  const name = entries.get('repository')
  const repository = textOf(name)
  if (name === undefined || !repository) return []
  const isImage = entries.has('tag') || entries.has('digest') || (key !== null && IMAGE_KEY.test(key))
  const names = namesOf(repository, textOf(entries.get('registry')))
  if (!isImage || names.length === 0) return []
  return [
    versionPlace(document, mapping, { format: FORMAT, names, tagKey: 'tag', dropDigest: 'empty', name }),
  ]
}

/** Registry and repository joined, unless the repository has its registry already. */
function namesOf(repository: string, registry: string | null): string[] {
  const prefix = registry === null || registry === '' ? '' : `${registry.replace(/\/+$/, '')}/`
  const joined = repository.startsWith(prefix) ? repository : `${prefix}${repository}`
  const reference = readReference(joined)
  return reference !== null && reference.tag === null && reference.digest === null ? [joined] : []
}
