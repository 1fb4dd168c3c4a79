import { blobOid } from '../../domain/blob.ts'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { decodeText, MAX_TEXT } from '../shared/text.ts'
import type { Client } from './client.ts'
import type { ListedFile, Memory } from './memory.ts'
import { ask } from './project.ts'
import { aliasSchemas, type Blob as FoundBlob, ProjectQuery } from './project-query.ts'

/** The most that fit into the room of one query. */
const PATHS = 90
const AT_ONCE = 4

/**
 * Keeps the texts that GraphQL gave. GitLab converts what it takes for another encoding, and cuts what is large: only
 * a text whose object id is the file's is the file.
 */
export function rememberTexts(memory: Memory, blobs: readonly FoundBlob[]): void {
  for (const { oid, rawSize, rawTextBlob } of blobs) {
    const text = rawTextBlob ?? null
    if (text === null || (rawSize ?? 0) > MAX_TEXT) memory.blobs.set(oid, { text: null })
    else if (blobOid(text, oid) === oid) memory.blobs.set(oid, { text })
  }
}

/**
 * The texts of files of a commit by object id, null for what is no text: from memory, else one request for up to 90 of
 * them, and one for each odd one.
 */
export async function readTexts(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  files: readonly ListedFile[],
  memory: Memory,
): Promise<Map<Oid, string | null>> {
  const texts = new Map<Oid, string | null>()
  const take = (some: readonly ListedFile[]) =>
    some.filter(({ oid }) => {
      const known = memory.blobs.get(oid)
      if (known !== undefined) texts.set(oid, known.text)
      return known === undefined
    })
  const readable = files.filter(({ mode }) => mode.startsWith('100'))
  const missing = take([...new Map(readable.map((file) => [file.oid, file])).values()])
  const odd: ListedFile[] = []
  for (let start = 0; start < missing.length; start += PATHS) {
    const some = missing.slice(start, start + PATHS)
    const query = new ProjectQuery(repository.path)
    const paths = some.map(({ path }) => path)
    query.blobs('texts', { kind: 'commit', oid: commit }, paths)
    const project = await ask(client, repository, query, 'ReadTexts')
    rememberTexts(memory, aliasSchemas.blobs.parse(project.repository?.texts))
    odd.push(...take(some))
  }
  for (let start = 0; start < odd.length; start += AT_ONCE) {
    await Promise.all(
      odd.slice(start, start + AT_ONCE).map(async ({ oid }) => {
        const read = await readRaw(client, repository, oid)
        memory.blobs.set(oid, read)
        texts.set(oid, read.text)
      }),
    )
  }
  return texts
}

/** https://docs.gitlab.com/api/repositories/#raw-blob-content */
async function readRaw(client: Client, repository: RepositoryId, oid: Oid): Promise<{ text: string | null }> {
  const content = await client.rest.repositories.showBlobRaw(repository.path, oid)
  const bytes = content instanceof Blob ? await content.arrayBuffer() : JSON.stringify(content)
  return { text: decodeText(Buffer.from(bytes as ArrayBuffer)) }
}
