import type { ParsedNode } from 'yaml'
import type { Editor, Located, Place, Range, Splice, Subject, Unread } from './editor.ts'
import { argoCd, argoCdSource } from './formats/argo-cd.ts'
import { compose } from './formats/compose.ts'
import { flux } from './formats/flux.ts'
import { helmValues } from './formats/helm-values.ts'
import { imageTagTransformer } from './formats/image-tag-transformer.ts'
import { isKustomizationPath, type ObjectKind, objectsOf } from './formats/kind.ts'
import { kubernetes } from './formats/kubernetes.ts'
import { kustomize } from './formats/kustomize.ts'
import { jsonPatch } from './formats/patches.ts'
import { type Marked, readMarkers } from './markers/yaml-markers.ts'
import { type ReadDocuments, readDocuments, type Unreadable, type YamlDocument } from './yaml/document.ts'
import type { YamlFormat } from './yaml/format.ts'
import { liftPlace, liftRange } from './yaml/nested.ts'
import { unchangedOutside } from './yaml/unchanged.ts'

const FORMATS: Record<ObjectKind, YamlFormat | null> = {
  kustomize,
  'image-tag-transformer': imageTagTransformer,
  'argo-cd': argoCd,
  'argo-cd-source': argoCdSource,
  flux,
  kubernetes,
  compose,
  operation: jsonPatch,
  'helm-values': helmValues,
  other: null,
}

/** Every format that is YAML (and so JSON): one parse for all of them. */
export const yamlEditor: Editor = {
  accepts: (path) => /\.(?:ya?ml|json)$/i.test(path) || isKustomizationPath(path),
  locate: (file, subject) => located(file.path, readDocuments(file, subject), subject),
}

function located(path: string, before: ReadDocuments, subject: Subject | undefined): Located {
  const named = before.documents.flatMap(placesOf)
  const marked = subject === undefined ? [] : byPart(before.documents).map((same) => markedIn(same, subject))
  const nested = before.documents.flatMap((document) => [...document.nested.values()])
  const unreadable = [before, ...nested].flatMap((read) => read.unreadable)
  return {
    places: [...named, ...marked.flatMap(({ places }) => places)],
    foreign: marked.flatMap(({ foreign }) => foreign),
    unread: unreadable.map((problem) => unreadOf(path, problem)),
    reread: (text, splices) => {
      const after = readDocuments({ path, text }, subject)
      const again = located(path, after, subject)
      return isUnchanged(before, after, splices) ? again : null
    },
  }
}

function placesOf(document: YamlDocument): Place[] {
  const places = objectsOf(document).flatMap(
    ({ kind, object }) => FORMATS[kind]?.places(document, object) ?? [],
  )
  return places.map((place) => inFile(place, document.part.offset))
}

/** What markers say in documents of one part, and in the texts that were read inside of them. */
function markedIn(documents: readonly YamlDocument[], subject: Subject): Marked {
  const offset = documents[0]?.part.offset ?? 0
  const all = [readMarkers(documents, subject), ...documents.flatMap((each) => markedInside(each, subject))]
  return {
    places: all.flatMap(({ places }) => places).map((place) => inFile(place, offset)),
    foreign: all.flatMap(({ foreign }) => foreign).map((range) => shifted(range, offset)),
  }
}

function markedInside(document: YamlDocument, subject: Subject): Marked[] {
  return [...document.nested].flatMap(([scalar, { documents }]) =>
    byPart(documents).map((same) => {
      const [inner] = same
      const { places, foreign } = readMarkers(same, subject)
      if (inner === undefined) return { places, foreign }
      return {
        places: places.map((place) => liftPlace(document, scalar, inner, place)),
        foreign: foreign.map((range) => liftRange(document, scalar, inner, range)),
      }
    }),
  )
}

function inFile(place: Place, offset: number): Place {
  return {
    ...place,
    ...(place.marked === undefined ? {} : { marked: shifted(place.marked, offset) }),
    splices: (wish) => {
      const splices = place.splices(wish)
      return Array.isArray(splices) ? splices.map((splice) => shifted(splice, offset)) : splices
    },
  }
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
        : unchangedOutside(roots(documents), roots(others), own) && areNestedUnchanged(documents, others, own)
    }) && next === splices.length
  )
}

/** The same for what stands inside of scalars. */
function areNestedUnchanged(
  before: readonly YamlDocument[],
  after: readonly YamlDocument[],
  splices: readonly Splice[],
): boolean {
  return before.every((document, index) => {
    const others = [...(after[index]?.nested ?? [])]
    return [...document.nested].every(([scalar, old], nth) => {
      const [same, now] = others[nth] ?? []
      const [start, end] = scalar.range
      const own = splices.filter((splice) => splice.start >= start && splice.end <= end)
      if (own.length === 0 || same?.value === scalar.value) return true
      const inner = own.map((splice) => old.source?.toValue(splice) ?? null)
      return now !== undefined && inner.every((splice) => splice !== null) && isUnchanged(old, now, inner)
    })
  })
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

function shifted<R extends Range>(range: R, by: number): R {
  return { ...range, start: range.start + by, end: range.end + by }
}

function unreadOf(path: string, { code, message, part, at }: Unreadable): Unread {
  const { offset: start, text } = part
  return { code, message, path, ...part.position(at), start, end: start + text.length }
}
