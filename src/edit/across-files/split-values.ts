import { type ImageName, readReference } from '../../domain/image.ts'
import type { Refusal, TextFile } from '../editor.ts'
import { fieldsOf, namedIn } from '../formats/image-fields.ts'
import { isValuesPath } from '../formats/kind.ts'
import { namesInValues, pathOf } from '../formats/names-in-values.ts'
import { readDocuments, type YamlDocument } from '../yaml/document.ts'
import { type Mapping, mappingsBelow, presentText, rootMapping, scalarOf } from '../yaml/mapping.ts'
import { refuse } from '../yaml/place.ts'

/**
 * Tags in values files that do not name the image, where another values file in the same directory, or in one above
 * or below it, says its name under the same keys. Which of them a release reads, and in which order, cannot be
 * told; so these tags are not changed.
 */
export function tagsElsewhere(
  files: readonly TextFile[],
  isNamedIn: (path: string) => boolean,
  image: ImageName,
): Refusal[] {
  const values = files.filter((file) => isValuesPath(file.path))
  const named = values.filter(({ path }) => isNamedIn(path))
  const others = values.filter(({ path, text }) => /tag|version/i.test(text) && !isNamedIn(path))
  if (named.length === 0 || others.length === 0) return []
  const known = new Map<string, string[] | null>(named.map((file) => [directoryOf(file), null]))
  const pathsIn = (directory: string): string[] => {
    const paths =
      known.get(directory) ??
      named.filter((file) => directoryOf(file) === directory).flatMap((file) => pathsOf(file, image))
    known.set(directory, paths)
    return paths
  }
  return others.flatMap((file) => {
    const own = directoryOf(file)
    const chain = [...known.keys()].filter((other) => own.startsWith(other) || other.startsWith(own))
    const paths = new Set(chain.flatMap(pathsIn))
    return paths.size === 0 ? [] : loneTags(file, paths)
  })
}

/** Under which keys a file says the tag of the image, or would say it. */
function pathsOf(file: TextFile, image: ImageName): string[] {
  const isOwn = (name: string) => readReference(name)?.name.normalised === image.normalised
  return readDocuments(file).documents.flatMap((document) => {
    const values = rootMapping(document)
    const named = values === null ? [] : [...namesInValues(document, values)]
    return named.flatMap(([path, names]) => (names.some(isOwn) ? [path] : []))
  })
}

function loneTags(file: TextFile, paths: ReadonlySet<string>): Refusal[] {
  return mappingsIn(file).flatMap(({ document, mapping }) => {
    const named = new Set(namedIn(fieldsOf(document, mapping)).flatMap(({ tags }) => tags))
    return [...mapping.entries].flatMap(([key, tag]) => {
      const scalar = scalarOf(tag)
      const isLone = presentText(tag) !== null && paths.has(pathOf(mapping.path, key)) && !named.has(key)
      return scalar !== null && isLone ? [refuse(document, scalar.range[0], 'version-elsewhere')] : []
    })
  })
}

function mappingsIn(file: TextFile): { document: YamlDocument; mapping: Mapping }[] {
  return readDocuments(file).documents.flatMap((document) =>
    mappingsBelow(document, document.root).map((mapping) => ({ document, mapping })),
  )
}

function directoryOf({ path }: TextFile): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
