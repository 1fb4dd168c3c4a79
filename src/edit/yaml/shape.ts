import { isMap, isPair, isScalar, type ParsedNode, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Splice } from '../editor.ts'
import { contentEnd, type ParsedPair } from './content-end.ts'
import { endOfLine, indentAt, lineEndAt, startOfLine } from './lines.ts'
import { newScalar } from './plain.ts'

/**
 * Adding and removing whole keys and items by splices; each function returns null where the shape of the
 * source does not allow it without touching anything else.
 */

/** Adds `key: value` after a pair of the same mapping, in the style of that mapping. */
export function insertPair(
  text: string,
  mapping: YAMLMap.Parsed,
  after: ParsedPair,
  key: string,
  value: string,
): Splice[] | null {
  if (mapping.flow) {
    const json = isJson(text, after)
    const at = contentEnd(after)
    return [behindInFlow(text, at, `${newScalar(key, json)}: ${newScalar(value, json)}`)]
  }
  const indent = indentAt(text, after.key.range[0])
  if (indent === null) return null
  return addLines(text, contentEnd(after), [`${indent}${key}: ${newScalar(value)}`])
}

/** Removes a pair whose value is a scalar on the line of its key, and the comment behind it. */
export function removePair(text: string, mapping: YAMLMap.Parsed, pair: ParsedPair): Splice[] | null {
  const start = pair.key.range[0]
  const end = pair.value?.range[1] ?? pair.key.range[1]
  if (!isScalar(pair.value) || text.slice(start, end).includes('\n')) return null
  const index = mapping.items.indexOf(pair)
  const previous = mapping.items[index - 1]
  const next = mapping.items[index + 1]
  if (mapping.flow) return removeFromFlow(text, start, end, previous, next)
  const lineStart = startOfLine(text, start)
  const lineEnd = endOfLine(text, end)
  if (/^[ ]*$/.test(text.slice(lineStart, start))) {
    const nextLine = text.indexOf('\n', lineEnd)
    if (nextLine !== -1) return [{ start: lineStart, end: nextLine + 1, text: '' }]
    const previousEnd = lineStart >= 2 && text.charAt(lineStart - 2) === '\r' ? lineStart - 2 : lineStart - 1
    return previousEnd < 0 ? null : [{ start: previousEnd, end: lineEnd, text: '' }]
  }
  if (next === undefined) return null
  const nextStart = next.key.range[0]
  return /^\s*$/.test(text.slice(lineEnd, nextStart)) ? [{ start, end: nextStart, text: '' }] : null
}

function removeFromFlow(
  text: string,
  start: number,
  end: number,
  previous: ParsedPair | undefined,
  next: ParsedPair | undefined,
): Splice[] | null {
  if (previous !== undefined) {
    const from = contentEnd(previous)
    return /^\s*,\s*$/.test(text.slice(from, start)) ? [{ start: from, end, text: '' }] : null
  }
  if (next === undefined) return null
  const to = next.key.range[0]
  return /^\s*,\s*$/.test(text.slice(end, to)) ? [{ start, end: to, text: '' }] : null
}

/** Adds a mapping to a sequence that has items already. */
export function appendItem(text: string, list: YAMLSeq.Parsed, item: [string, string][]): Splice[] | null {
  const last = list.items.at(-1) as ParsedNode | undefined
  if (last === undefined) return null
  const end = contentEnd(last)
  if (list.flow) return [{ start: end, end, text: `, ${flowItem(item, isJson(text, last))}` }]
  const indent = indentAt(text, list.range[0])
  if (indent === null) return null
  const gap = /^-( +)\S/.exec(text.slice(list.range[0]))?.[1] ?? ' '
  return addLines(text, end, blockItem(item, indent, gap))
}

/** Fills an empty sequence (`[]`, null, or nothing) that is the value of a pair. */
export function fillList(
  text: string,
  mapping: YAMLMap.Parsed,
  pair: ParsedPair,
  item: [string, string][],
): Splice[] | null {
  const [start, end] = pair.value?.range ?? [0, 0]
  if (pair.value === null || !/^(?:\[\s*\]|~|null|)$/.test(text.slice(start, end))) return null
  if (mapping.flow) {
    return start === end ? null : [{ start, end, text: `[${flowItem(item, isJson(text, pair))}]` }]
  }
  const indent = indentAt(text, pair.key.range[0])
  const colon = text.indexOf(':', pair.key.range[1])
  if (indent === null || colon === -1 || /\S/.test(text.slice(colon + 1, start))) return null
  const added = addLines(text, end, blockItem(item, indent, ' '))
  const [{ start: at, text: lines }] = added
  if (start === end) return added
  return text.slice(end, at).trim() === ''
    ? [{ start: colon + 1, end: at, text: lines }]
    : [{ start: colon + 1, end, text: '' }, ...added]
}

/** Adds `key:` with a list of one item behind the last pair of a mapping. */
export function insertList(
  text: string,
  mapping: YAMLMap.Parsed,
  key: string,
  item: [string, string][],
): Splice[] | null {
  const last = mapping.items.at(-1)
  if (last === undefined) return null
  const end = contentEnd(last)
  if (mapping.flow) {
    const json = isJson(text, last)
    return [behindInFlow(text, end, `${newScalar(key, json)}: [${flowItem(item, json)}]`)]
  }
  const indent = indentAt(text, last.key.range[0])
  if (indent === null) return null
  return addLines(text, end, [`${indent}${key}:`, ...blockItem(item, indent, ' ')])
}

/** Behind a key without value a comment may follow at once, which needs a space before it. */
function behindInFlow(text: string, end: number, pair: string): Splice {
  return { start: end, end, text: `, ${pair}${text.charAt(end) === '#' ? ' ' : ''}` }
}

/** Adds lines below the one on which content ends; a block scalar ends behind its last line end. */
function addLines(text: string, end: number, lines: string[]): [Splice] {
  const isBehindLineEnd = end > 0 && text.charAt(end - 1) === '\n'
  const at = isBehindLineEnd ? end : endOfLine(text, end)
  const lineEnd = lineEndAt(text, isBehindLineEnd ? at - 1 : at)
  const added = lines.map((line) => (isBehindLineEnd ? line + lineEnd : lineEnd + line))
  return [{ start: at, end: at, text: added.join('') }]
}

function blockItem(item: [string, string][], indent: string, gap: string): string[] {
  return item.map(([key, value], index) => {
    const lead = index === 0 ? `-${gap}` : ` ${' '.repeat(gap.length)}`
    return `${indent}${lead}${key}: ${newScalar(value)}`
  })
}

function flowItem(item: [string, string][], json: boolean): string {
  return `{${item.map(([key, value]) => `${newScalar(key, json)}: ${newScalar(value, json)}`).join(', ')}}`
}

/** Whether keys are in double quotes, as JSON wants them. */
function isJson(text: string, node: ParsedNode | ParsedPair): boolean {
  const first = isMap(node) ? (node as YAMLMap.Parsed).items[0] : node
  const key = isPair(first) ? (first as ParsedPair).key : null
  return key !== null && text.charAt(key.range[0]) === '"'
}
