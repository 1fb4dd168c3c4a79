import type { Editor, Located, Place, Refusal, Splice } from './editor.ts'
import { helmValues } from './formats/helm-values.ts'
import { isKustomizationPath } from './formats/kind.ts'
import { kubernetes } from './formats/kubernetes.ts'
import { kustomize } from './formats/kustomize.ts'
import {
  position,
  type ReadDocuments,
  readDocuments,
  type Unreadable,
  type YamlDocument,
} from './yaml/document.ts'
import type { YamlFormat } from './yaml/format.ts'
import { unchangedOutside } from './yaml/unchanged.ts'

const FORMATS: YamlFormat[] = [kustomize, kubernetes, helmValues]

/** Every format that is YAML (and so JSON): one parse for all of them. */
export const yamlEditor: Editor = {
  accepts: (path) => /\.(?:ya?ml|json)$/i.test(path) || isKustomizationPath(path),
  locate: (file, needle = '') => located(file.path, readDocuments(file.path, file.text, needle), needle),
}

function located(path: string, before: ReadDocuments, needle: string): Located {
  return {
    places: before.documents.flatMap(placesOf),
    refusals: before.unreadable.map((problem) => refusalOf(path, problem)),
    reread: (text, splices) => {
      const after = readDocuments(path, text, needle)
      const isProved =
        after.unreadable.length === before.unreadable.length &&
        after.documents.length === before.documents.length &&
        after.documents.every((document, index) => isUnchanged(before.documents[index], document, splices))
      return isProved ? located(path, after, needle) : null
    },
  }
}

function placesOf(document: YamlDocument): Place[] {
  const places = FORMATS.find((format) => format.holds(document))?.places(document) ?? []
  return places.map((place) => ({
    ...place,
    splices: (wish) => {
      const splices = place.splices(wish)
      return Array.isArray(splices) ? splices.map((splice) => shifted(splice, document.offset)) : splices
    },
  }))
}

function isUnchanged(
  before: YamlDocument | undefined,
  after: YamlDocument,
  splices: readonly Splice[],
): boolean {
  if (before === undefined) return false
  const end = before.offset + before.text.length
  const own = splices.filter((splice) => splice.start >= before.offset && splice.end <= end)
  if (own.length === 0) return before.text === after.text
  return unchangedOutside(
    before.root,
    after.root,
    own.map((splice) => shifted(splice, -before.offset)),
  )
}

function shifted(splice: Splice, by: number): Splice {
  return { ...splice, start: splice.start + by, end: splice.end + by }
}

function refusalOf(path: string, problem: Unreadable): Refusal {
  const { code, message, at } = problem
  return { code, message, path, ...position(problem, at) }
}
