import type { ImageName } from '../domain/image.ts'
import { readReference } from '../domain/image.ts'
import type { Refusal, Subject, TextFile } from './editor.ts'
import { fieldsOf, repositoryOf } from './formats/image-fields.ts'
import { isValuesPath } from './formats/kind.ts'
import { mayConcern } from './mention.ts'
import { readDocuments, type YamlDocument } from './yaml/document.ts'
import { type Mapping, mappingsBelow, presentText, scalarOf } from './yaml/mapping.ts'
import { refuse } from './yaml/place.ts'
import { joinedNames } from './yaml/rename.ts'

/**
 * Tags in values files that say no name beside them, where another values file in the same directory, or in one
 * above or below it, says the name of the image under the same keys. Which of them a release reads, and in which
 * order, cannot be told; so these tags are not changed.
 */
export function tagsElsewhere(files: readonly TextFile[], subject: Subject): Refusal[] {
  const values = files.filter((file) => isValuesPath(file.path))
  const named = values.filter((file) => mayConcern(file.text, subject))
  return named.flatMap((file) => {
    const paths = pathsOf(file, subject.image)
    const chain = paths.size === 0 ? [] : values.filter((other) => other !== file && areInChain(file, other))
    return chain.flatMap((other) => loneTags(other, paths))
  })
}

/** Where a file says the name of the image. */
function pathsOf(file: TextFile, image: ImageName): Set<string> {
  const names = mappingsIn(file).flatMap(({ document, mapping }) => {
    const path = presentText(repositoryOf(fieldsOf(document, mapping)))
    const registry = presentText(mapping.entries.get('registry'))
    const spellings = path === null ? [] : joinedNames(path, registry, null)
    const isOwn = spellings.some((name) => readReference(name)?.name.normalised === image.normalised)
    return isOwn ? [mapping.path] : []
  })
  return new Set(names)
}

function loneTags(file: TextFile, paths: ReadonlySet<string>): Refusal[] {
  if (!/tag|version/.test(file.text)) return []
  return mappingsIn(file).flatMap(({ document, mapping }) => {
    const tag = mapping.entries.get('tag') ?? mapping.entries.get('version')
    const scalar = scalarOf(tag)
    if (scalar === null || presentText(tag) === null || !paths.has(mapping.path)) return []
    const hasName = repositoryOf(fieldsOf(document, mapping)) !== undefined
    return hasName ? [] : [refuse(document, scalar.range[0], 'version-elsewhere')]
  })
}

function mappingsIn(file: TextFile): { document: YamlDocument; mapping: Mapping }[] {
  return readDocuments(file).documents.flatMap((document) =>
    mappingsBelow(document, document.root).map((mapping) => ({ document, mapping })),
  )
}

function areInChain(a: TextFile, b: TextFile): boolean {
  const [one, other] = [directoryOf(a), directoryOf(b)]
  return one.startsWith(other) || other.startsWith(one)
}

function directoryOf({ path }: TextFile): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
