import type { Scalar } from 'yaml'
import type { Place, Range } from '../editor.ts'
import { type NestedDocuments, readParts, type YamlDocument } from './document.ts'
import { splitDocuments } from './parts.ts'
import { refuse } from './place.ts'
import { sourceOf } from './scalar-source.ts'

/** Reads the YAML inside of a scalar, such as the values of a chart in a block scalar. Never throws. */
export function nestedIn(document: YamlDocument, scalar: Scalar.Parsed): NestedDocuments {
  const known = document.nested.get(scalar)
  if (known !== undefined) return known
  const read = readNested(document, scalar)
  document.nested.set(scalar, read)
  return read
}

function readNested(document: YamlDocument, scalar: Scalar.Parsed): NestedDocuments {
  const value = String(scalar.value)
  if (!document.concerns(value) || scalar.type === 'PLAIN') {
    return { source: null, documents: [], unreadable: [] }
  }
  const source = sourceOf(document.part.text, scalar)
  if (source === null) {
    const message = 'The text inside of this value cannot be changed in place.'
    const problem = { code: 'block-scalar', message, part: document.part, at: scalar.range[0] } as const
    return { source, documents: [], unreadable: [problem] }
  }
  const parts = splitDocuments(value).map((part) => ({
    ...part,
    position: (at: number) => document.part.position(source.offset(part.offset + at)),
  }))
  const { documents, unreadable } = readParts(document.path, parts, document.concerns)
  return {
    source,
    documents,
    unreadable: unreadable.map((problem) => ({
      code: problem.code === 'not-yaml' ? 'values-not-yaml' : problem.code,
      message: problem.message.replace('The file is', 'The text inside of this value is'),
      part: document.part,
      at: source.offset(problem.part.offset + problem.at),
    })),
  }
}

/** A place of a nested document as one of the document around it. */
export function liftPlace(
  document: YamlDocument,
  scalar: Scalar.Parsed,
  nested: YamlDocument,
  place: Place,
): Place {
  const { source } = nestedIn(document, scalar)
  return {
    ...place,
    ...(place.marked === undefined ? {} : { marked: liftRange(document, scalar, nested, place.marked) }),
    isShared: () => place.isShared() || document.aliased.has(scalar),
    splices: (wish) => {
      const splices = place.splices(wish)
      if (!Array.isArray(splices)) return splices
      const lifted = splices.flatMap(({ start, end, text }) => {
        const { offset } = nested.part
        return source?.toSource({ start: start + offset, end: end + offset, text }) ?? []
      })
      return lifted.length === splices.length ? lifted : refuse(document, scalar.range[0], 'block-scalar')
    },
  }
}

/** A range of a nested document as one of the document around it. */
export function liftRange(
  document: YamlDocument,
  scalar: Scalar.Parsed,
  nested: YamlDocument,
  { start, end }: Range,
): Range {
  const { source } = nestedIn(document, scalar)
  const { offset } = nested.part
  return source === null
    ? { start: scalar.range[0], end: scalar.range[1] }
    : { start: source.offset(offset + start), end: source.offset(offset + end) }
}
