import type { ImageName } from '../../domain/image.ts'
import type { Range, TextFile, VersionWish } from '../editor.ts'
import { blockComments, commentStart, MAX_LINE } from '../text/comments.ts'
import { escaped } from './mention.ts'

export interface OtherVersions {
  /** Of the first one, from 1. */
  line: number
  column: number
  /** On how many lines there is one. */
  lines: number
}

/** Where a file has the image with another version than the wished one, outside of comments and of some lines. */
export function findOtherVersions(
  { text }: TextFile,
  image: ImageName,
  { tag, digest }: VersionWish,
  { isYaml, isKnown }: { isYaml: boolean; isKnown(line: number): boolean },
): OtherVersions | null {
  const lines = new Map<number, number>()
  let comments: Range[] | null = null
  let next = 0
  let line = 0
  let start = 0
  let end = -1
  let commentAt = 0
  for (const { index, 1: otherTag = tag, 2: otherDigest = digest } of text.matchAll(referenceTo(image))) {
    if (otherTag === tag && otherDigest === digest) continue
    if (index > end) {
      for (; index > end; line++) {
        start = end + 1
        const lineEnd = text.indexOf('\n', start)
        end = lineEnd === -1 ? text.length : lineEnd
      }
      commentAt = end - start > MAX_LINE ? end : start + commentStart(text.slice(start, end))
    }
    if (index >= commentAt || lines.has(line) || isKnown(line)) continue
    comments ??= blockComments(text, isYaml)
    while ((comments[next]?.end ?? text.length) <= index) next++
    if ((comments[next]?.start ?? text.length) > index) lines.set(line, index - start + 1)
  }
  const [first] = lines
  return first === undefined ? null : { line: first[0], column: first[1], lines: lines.size }
}

/** The whole name of an image, with the tag and the digest behind it. */
function referenceTo({ normalised, written }: ImageName): RegExp {
  const names = [normalised, written, normalised.replace(/^docker\.io\/(?:library\/)?/, '')]
  const version = '(?::(\\w[\\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?'
  return new RegExp(`(?<![A-Za-z0-9._/-])(?:${names.map(escaped).join('|')})${version}`, 'g')
}
