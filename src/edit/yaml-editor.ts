import type { ParsedNode } from 'yaml'
import type { Editor, Located, Place, Splice, Subject, Unread } from './editor.ts'
import { helmValues } from './formats/helm-values.ts'
import { isKustomizationPath } from './formats/kind.ts'
import { kubernetes } from './formats/kubernetes.ts'
import { kustomize } from './formats/kustomize.ts'
import { type ReadDocuments, readDocuments, type Unreadable, type YamlDocument } from './yaml/document.ts'
import type { YamlFormat } from './yaml/format.ts'
import { unchangedOutside } from './yaml/unchanged.ts'

const FORMATS: YamlFormat[] = [kustomize, kubernetes, helmValues]

/** Every format that is YAML (and so JSON): one parse for all of them. */
export const yamlEditor: Editor = {
  accepts: (path) => /\.(?:ya?ml|json)$/i.test(path) || isKustomizationPath(path),
  locate: (file, subject) => located(file.path, readDocuments(file.path, file.text, subject), subject),
}

function located(path: string, before: ReadDocuments, subject: Subject | undefined): Located {
  return {
    places: before.documents.flatMap(placesOf),
    unread: before.unreadable.map((problem) => unreadOf(path, problem)),
    reread: (text, splices) => {
      const after = readDocuments(path, text, subject)
      return isUnchanged(before, after, splices) ? located(path, after, subject) : null
    },
  }
}

function placesOf(document: YamlDocument): Place[] {
  const places = FORMATS.find((format) => format.holds(document))?.places(document) ?? []
  return places.map((place) => ({
    ...place,
    splices: (wish) => {
      const splices = place.splices(wish)
      return Array.isArray(splices) ? splices.map((splice) => shifted(splice, document.part.offset)) : splices
    },
  }))
}

/** Compares part by part: parts that no splice touches must be equal, the others are compared node by node. */
function isUnchanged(before: ReadDocuments, after: ReadDocuments, splices: readonly Splice[]): boolean {
  const old = byPart(before.documents)
  const now = byPart(after.documents)
  if (old.length !== now.length || before.unreadable.length !== after.unreadable.length) return false
  let next = 0
  return (
    old.every((documents, index) => {
      const part = documents[0]?.part
      const others = now[index] ?? []
      if (part === undefined) return false
      const own: Splice[] = []
      for (let splice = splices[next]; splice !== undefined; splice = splices[next]) {
        if (splice.start < part.offset || splice.end > part.offset + part.text.length) break
        own.push(shifted(splice, -part.offset))
        next++
      }
      return own.length === 0
        ? part.text === others[0]?.part.text
        : unchangedOutside(roots(documents), roots(others), own)
    }) && next === splices.length
  )
}

function byPart(documents: readonly YamlDocument[]): YamlDocument[][] {
  const parts = new Map<unknown, YamlDocument[]>()
  for (const document of documents) {
    const same = parts.get(document.part)
    if (same === undefined) parts.set(document.part, [document])
    else same.push(document)
  }
  return [...parts.values()]
}

function roots(documents: readonly YamlDocument[]): ParsedNode[] {
  return documents.map(({ root }) => root)
}

function shifted(splice: Splice, by: number): Splice {
  return { ...splice, start: splice.start + by, end: splice.end + by }
}

function unreadOf(path: string, { code, message, part, at }: Unreadable): Unread {
  const { offset: start, text } = part
  return { code, message, path, ...part.position(at), start, end: start + text.length }
}
