import { createHash } from 'node:crypto'

/** The longest slug: with a prefix such as `web-pr-` it is still an RFC 1123 label of at most 63 characters. */
export const SLUG_LENGTH = 40

const HASH_LENGTH = 10
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
const LOOKS_HASHED = /(?:^|-)[0-9a-f]{10}$/

/**
 * A branch's name as an RFC 1123 label of at most 40 characters, for namespaces, host names and paths. A name
 * that is such a label already stays as it is; any other gets the first 10 digits of its SHA-256 at the end,
 * so that `feat/a-b`, `feat-a/b` and `feata-b` never meet.
 */
export function slugOf(branch: string): string {
  if (branch.length <= SLUG_LENGTH && LABEL.test(branch) && !LOOKS_HASHED.test(branch)) return branch
  const readable = branch
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LENGTH - HASH_LENGTH - 1)
    .replace(/^-+|-+$/g, '')
  const hash = createHash('sha256').update(branch, 'utf8').digest('hex').slice(0, HASH_LENGTH)
  return `${readable === '' ? 'branch' : readable}-${hash}`
}
