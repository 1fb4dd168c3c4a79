import { createHash } from 'node:crypto'
import type { Oid } from './commit.ts'

/**
 * The object id that Git gives a file of this text (`git hash-object --stdin`), in the hash function of the
 * repository that `like` comes from.
 */
export function blobOid(text: string, like: Oid): Oid {
  const bytes = Buffer.from(text, 'utf8')
  return createHash(like.length === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex')
}
