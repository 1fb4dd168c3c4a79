import type { ImageName } from '../../domain/image.ts'
import type { TextFile, VersionWish } from '../editor.ts'
import { blockComments, commentStart } from '../text/comments.ts'
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
  let comments: ReturnType<typeof blockComments> | null = null
  let line = 1
  let start = 0
  for (const { index, 1: otherTag = tag, 2: otherDigest = digest } of text.matchAll(referenceTo(image))) {
    if (otherTag === tag && otherDigest === digest) continue
    for (let end = text.indexOf('\n', start); end !== -1 && end < index; end = text.indexOf('\n', start)) {
      start = end + 1
      line++
    }
    comments ??= blockComments(text, isYaml)
    const end = text.indexOf('\n', index)
    const isComment =
      commentStart(text.slice(start, end === -1 ? text.length : end)) <= index - start ||
      comments.some((comment) => index >= comment.start && index < comment.end)
    if (!isComment && !isKnown(line) && !lines.has(line)) lines.set(line, index - start + 1)
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
