import { isAlias, isScalar, type ParsedNode, type Scalar, visit } from 'yaml'
import type { Place, Range, Refusal, Splice, Subject } from '../editor.ts'
import type { YamlDocument } from '../yaml/document.ts'
import { isJson, sharing } from '../yaml/place.ts'
import { isTyped } from '../yaml/plain.ts'
import { respell } from '../yaml/scalar.ts'
import { findMarkers, type Marker } from './marker.ts'
import { MARKER_MESSAGES, type MarkerCode } from './messages.ts'
import { presentVersion, rewrite } from './rewrite.ts'

/** What the markers of one part of a file say. Offsets count from the start of the part. */
export interface Marked {
  places: Place[]
  /** Scalars that a marker gives to another app or image. */
  foreign: Range[]
}

/** A scalar or an alias, as a marker may stand behind it. */
interface Leaf extends Range {
  document: YamlDocument
  node: ParsedNode
  isKey: boolean
}

/** Reads the markers in the comments of documents that share one part; those within scalars are none. */
export function readMarkers(documents: readonly YamlDocument[], subject: Subject): Marked {
  const marked: Marked = { places: [], foreign: [] }
  const [first] = documents
  const markers = first === undefined ? [] : findMarkers(first.part.text, subject)
  if (first === undefined || markers.length === 0) return marked
  const leaves = documents.flatMap(leavesOf).sort((a, b) => a.start - b.start || a.end - b.end)
  for (const marker of markers) {
    const target = targetOf(first.part.text, leaves, marker.start)
    if (target === null) continue
    if (!marker.isOurs) {
      if (typeof target !== 'string') marked.foreign.push({ start: target.start, end: target.end })
    } else {
      const place = typeof target === 'string' ? null : markedPlace(target, marker, subject)
      marked.places.push(place ?? refusing(first, marker, target as MarkerCode))
    }
  }
  return marked
}

function leavesOf(document: YamlDocument): Leaf[] {
  const leaves: Leaf[] = []
  visit(document.root, (key, each) => {
    if (!isScalar(each) && !isAlias(each)) return
    const node = each as ParsedNode
    leaves.push({ document, node, isKey: key === 'key', start: node.range[0], end: node.range[1] })
  })
  return leaves
}

/** The value that a comment stands behind, alone on its line; null where no comment starts there. */
function targetOf(text: string, leaves: readonly Leaf[], at: number): Leaf | MarkerCode | null {
  const index = lastBefore(leaves, at)
  const leaf = leaves[index]
  if (leaf !== undefined && leaf.end > at) {
    const isHeader = /^[|>]/.test(text.slice(leaf.start)) && !text.slice(leaf.start, at).includes('\n')
    return isHeader && text.charAt(at) === '#' ? leaf : null
  }
  const lineStart = text.lastIndexOf('\n', at - 1) + 1
  const from = Math.max(lineStart, leaf?.end ?? 0)
  const [, comment] = /^([^#]*)(?:#|$)/.exec(text.slice(from, at)) ?? []
  if (text.charAt(at) !== '#' && !/(?:^|\s)#/.test(text.slice(from, at))) return null
  if (leaf === undefined || leaf.end < lineStart || (leaf.end === lineStart && leaf.start < leaf.end)) {
    return comment?.trim() === '' ? 'marker-alone' : 'marker-unclear'
  }
  if (leaf.isKey || !/^[\s,\]}]*$/.test(comment ?? '')) return 'marker-unclear'
  for (let other = index - 1; (leaves[other]?.end ?? -1) > lineStart; other--) {
    if (leaves[other]?.isKey === false) return 'marker-unclear'
  }
  return leaf
}

function markedPlace({ document, node, start, end }: Leaf, marker: Marker, subject: Subject): Place {
  const { part, format } = marker
  const text = textOf(node)
  const present = part === null ? { tag: null, digest: null } : presentVersion(text, part, subject.image)
  const at = document.part.position(start)
  const shared = () =>
    document.claims.has(node) ? sharing(document, node) : document.aliased.has(node) ? 'same-image' : 'none'
  return {
    format,
    names: [],
    tag: present.tag,
    digest: present.digest,
    ...at,
    marked: { start, end },
    adds: false,
    isShared: () => shared() === 'same-image',
    splices: (wish) => {
      const refuse = (code: MarkerCode): Refusal => ({
        code,
        message: MARKER_MESSAGES[code],
        path: document.path,
        ...at,
      })
      if (part === null) return refuse('unknown-part')
      if (!isScalar(node)) return refuse('marker-unclear')
      if (shared() === 'conflict') return refuse('shared-anchor')
      const change = rewrite(text, part, subject.image, wish)
      if (typeof change === 'string') return refuse(change)
      const splice = spliceIn(document.part.text, node as Scalar.Parsed, text, change, isJson(document))
      return typeof splice === 'string' ? refuse(splice) : splice === null ? [] : [splice]
    },
  }
}

/** The text of a scalar; null is nothing. */
function textOf(node: ParsedNode): string {
  const text = isScalar(node) && typeof node.value === 'string' ? node.value.trim() : ''
  return isScalar(node) && node.type === 'PLAIN' && /^(?:~|null|Null|NULL)$/.test(text) ? '' : text
}

/** Changes a part of a scalar in the source where it stands there letter by letter, else the whole scalar. */
function spliceIn(
  source: string,
  scalar: Scalar.Parsed,
  text: string,
  change: Splice | null,
  json: boolean,
): Splice | null | 'block-scalar' | 'explicit-type' {
  const value = change === null ? text : text.slice(0, change.start) + change.text + text.slice(change.end)
  const written = source.slice(scalar.range[0], scalar.range[1])
  const isPlain = scalar.type === 'PLAIN'
  if (text === '' || (isPlain && isTyped(value)) || scalar.tag !== undefined)
    return respell(source, scalar, value, json)
  if (change === null) return null
  const from = scalar.type?.startsWith('BLOCK') ? written.indexOf('\n') : 0
  const all = once(written, text, from)
  const old = text.slice(change.start, change.end)
  const start = all === null ? once(written, old, from) : all + change.start
  if (start === null) return 'block-scalar'
  const at = scalar.range[0] + start
  return { start: at, end: at + old.length, text: change.text }
}

/** Where a text stands that stands there once; null where it does not. */
function once(source: string, text: string, from: number): number | null {
  const at = text === '' ? -1 : source.indexOf(text, from)
  return at === -1 || source.indexOf(text, at + 1) !== -1 ? null : at
}

function refusing(document: YamlDocument, marker: Marker, code: MarkerCode): Place {
  const at = document.part.position(marker.start)
  return {
    format: marker.format,
    names: [],
    tag: null,
    digest: null,
    ...at,
    marked: { start: marker.start, end: marker.start },
    adds: false,
    isShared: () => false,
    splices: () => ({ code, message: MARKER_MESSAGES[code], path: document.path, ...at }),
  }
}

/** The index of the last leaf that starts at the offset, where it is empty, or before it; -1 for none. */
function lastBefore(leaves: readonly Leaf[], at: number): number {
  let low = 0
  let high = leaves.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((leaves[middle]?.start ?? at + 1) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}
