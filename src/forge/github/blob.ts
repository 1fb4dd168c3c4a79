import type { Oid } from '../../domain/commit.ts'
import type { LruCache } from '../../domain/lru.ts'
import { decodeText } from '../shared/text.ts'
import type { Session } from './client.ts'
import type { FoundFile } from './tree.ts'

const AT_ONCE = 4

/** Texts of blobs that GraphQL did not give whole; an object id never changes its meaning. */
export type BlobCache = LruCache<{ text: string | null }>

/**
 * Fills in the texts that GraphQL truncated or gave as null, by one request each. What is not UTF-8 stays null.
 * https://docs.github.com/en/rest/git/blobs#get-a-blob
 */
export async function completeTexts(session: Session, found: FoundFile[], cache: BlobCache): Promise<void> {
  const missing = found.filter(({ whole }) => !whole)
  for (let start = 0; start < missing.length; start += AT_ONCE) {
    await Promise.all(
      missing.slice(start, start + AT_ONCE).map(async ({ file }) => {
        file.text = await readBlob(session, file.oid, cache)
      }),
    )
  }
}

/** The text of a blob; null when it is binary, or too large to be a manifest. */
async function readBlob(session: Session, oid: Oid, cache: BlobCache): Promise<string | null> {
  const known = cache.get(oid)
  if (known !== undefined) return known.text
  const { owner, repo } = session
  const { data } = await session.read((request) =>
    request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', {
      owner,
      repo,
      file_sha: oid,
    }),
  )
  const text = decodeText(Buffer.from(data.content, 'base64'))
  cache.set(oid, { text })
  return text
}
