import { readReference } from '../../domain/image.ts'
import type { Range, Subject } from '../editor.ts'

/** What of the version a marked scalar holds; `reference` is the whole of it, `name:tag@digest`. */
export type MarkedPart = 'reference' | 'tag' | 'digest' | 'name' | 'sha' | 'version'

/** A comment that says whose a scalar is; the range is that of the marker, from the sign that starts the comment. */
export interface Marker extends Range {
  format: 'marker' | 'imagepolicy'
  /** Null: a word that names no part. */
  part: MarkedPart | null
  /** False: it is for another app or image. */
  isOurs: boolean
}

const PARTS: readonly string[] = ['tag', 'digest', 'name', 'sha', 'version']
const POLICY_PARTS: readonly string[] = ['tag', 'digest', 'name']
const LEADER = /(?:#|\/\/|--|;|\/\*|<!--)\s{0,20}$/
const POLICY = /^\s{0,20}:\s{0,20}"([^"\n]{1,300})"\s{0,20}\}/
/** More markers than this on one line are not looked at. */
const MAX_PER_LINE = 4

/**
 * Every `# supercargo: <app or image>[:part]` and, for the policies of the subject, every
 * `# {"$imagepolicy": "<namespace>:<name>[:part]"}` of a text, in order. Whether a comment really starts there
 * is for the reader of the format to say.
 */
export function findMarkers(text: string, subject: Subject): Marker[] {
  const found = [
    ...scan(text, 'supercargo:', (at) => ownMarker(text, at, subject)),
    ...scan(text, '"$imagepolicy"', (at) => policyMarker(text, at, subject)),
  ]
  return found.sort((a, b) => a.start - b.start)
}

function scan(text: string, word: string, read: (at: number) => Marker | null): Marker[] {
  const found: Marker[] = []
  let lineEnd = -1
  let count = 0
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    if (at > lineEnd) {
      const next = text.indexOf('\n', at)
      lineEnd = next === -1 ? text.length : next
      count = 0
    }
    if (count++ >= MAX_PER_LINE) {
      at = lineEnd
      continue
    }
    const marker = read(at)
    if (marker !== null) found.push(marker)
  }
  return found
}

function ownMarker(text: string, at: number, subject: Subject): Marker | null {
  const start = leaderBefore(text, at)
  const tail = text.slice(at + 'supercargo:'.length, at + 600)
  const [whole, word = ''] = /^[ \t]{0,20}([^\s]{1,500}?)(?=\*\/|-->|\s|$)/.exec(tail) ?? []
  if (start === null || whole === undefined) return null
  const { name, part } = split(word, PARTS, (each) => isSubject(each, subject))
  const isOurs = isSubject(name, subject)
  // Without an app it cannot be known whose a word is.
  if (!isOurs && subject.app === null && !name.includes('/')) return null
  return { format: 'marker', part, isOurs, start, end: at + 'supercargo:'.length + whole.length }
}

function policyMarker(text: string, at: number, { policies }: Subject): Marker | null {
  const brace = /\{\s{0,20}$/.exec(text.slice(Math.max(0, at - 21), at))
  if (brace === null) return null
  const start = leaderBefore(text, at - brace[0].length)
  const behind = at + '"$imagepolicy"'.length
  const [whole, word = ''] = POLICY.exec(text.slice(behind, behind + 400)) ?? []
  if (start === null || whole === undefined) return null
  const { name, part } = split(word, POLICY_PARTS, (each) => policies.includes(each))
  if (!policies.includes(name)) return null
  return { format: 'imagepolicy', part, isOurs: true, start, end: behind + whole.length }
}

function split(
  word: string,
  parts: readonly string[],
  isOurs: (name: string) => boolean,
): { name: string; part: MarkedPart | null } {
  const colon = word.lastIndexOf(':')
  const last = word.slice(colon + 1)
  const name = word.slice(0, Math.max(0, colon))
  if (colon > 0 && parts.includes(last)) return { name, part: last as MarkedPart }
  return colon > 0 && !isOurs(word) && isOurs(name) ? { name, part: null } : { name: word, part: 'reference' }
}

function isSubject(name: string, { app, image }: Subject): boolean {
  if (name === app) return true
  const reference = readReference(name)
  return (
    reference !== null &&
    reference.tag === null &&
    reference.digest === null &&
    reference.name.normalised === image.normalised
  )
}

function leaderBefore(text: string, at: number): number | null {
  const from = Math.max(0, at - 24)
  const match = LEADER.exec(text.slice(from, at))
  return match === null ? null : from + match.index
}
