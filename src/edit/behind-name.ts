import type { VersionWish } from './editor.ts'

/** Whether only the name changes: neither a tag nor a digest is wished. */
export function keepsVersion({ tag, digest }: VersionWish): boolean {
  return tag === '' && digest === undefined
}

/**
 * What a reference says behind the name once it has the wished version: `:tag`, `:tag@digest` or `@digest`. What is
 * written by digest stays so; where only the digest is known it takes the place of a tag.
 * @param present what stands there now
 */
export function behindName(
  present: { tag: string | null; digest: string | null },
  wish: VersionWish,
): string {
  const { tag, digest, pins } = wish
  if (keepsVersion(wish)) {
    return `${present.tag === null ? '' : `:${present.tag}`}${present.digest === null ? '' : `@${present.digest}`}`
  }
  const isByDigest = tag === '' || (present.tag === null && present.digest !== null)
  if (isByDigest && digest !== undefined) return `@${digest}`
  const isPinned = present.digest !== null || pins === true
  return `:${tag}${isPinned && digest !== undefined ? `@${digest}` : ''}`
}
