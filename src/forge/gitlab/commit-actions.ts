import { blobOid } from '../../domain/blob.ts'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommitWish, FileChange } from '../forge.ts'
import type { Client } from './client.ts'
import { knownListings, type ListedFile, type Memory, rememberListing } from './memory.ts'
import { ask } from './project.ts'
import { aliasSchemas, ProjectQuery } from './project-query.ts'

/** https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions */
export interface CommitAction {
  action: 'create' | 'update' | 'delete' | 'chmod'
  filePath: string
  content?: string
  encoding?: 'base64'
  executeFilemode?: boolean
  lastCommitId?: string
}

const EXECUTABLE = '100755'
const PATHS = 90

/**
 * The actions that make a wish on `parent`: GitLab refuses to create what is there and to update what is not, and keeps
 * the mode of what it updates. Content goes as base64, because text may be changed on its way.
 * @param guard commit since which no touched file may have changed on the branch; else GitLab refuses
 */
export async function actionsOf(
  client: Client,
  repository: RepositoryId,
  parent: Oid,
  changes: readonly FileChange[],
  memory: Memory,
  guard?: Oid,
): Promise<CommitAction[]> {
  const present = await filesAt(
    client,
    repository,
    parent,
    changes.map(({ path }) => path),
    memory,
  )
  return changes.flatMap(({ path, content, mode }): CommitAction[] => {
    const before = present.get(path)?.mode
    const file = {
      filePath: path,
      ...(guard === undefined || before === undefined ? {} : { lastCommitId: guard }),
    }
    if (content === null) return before === undefined ? [] : [{ action: 'delete', ...file }]
    const write: CommitAction = {
      action: before === undefined ? 'create' : 'update',
      ...file,
      content: Buffer.from(content, 'utf8').toString('base64'),
      encoding: 'base64',
    }
    const executable = (before ?? '100644') === EXECUTABLE
    const wanted = mode === undefined ? executable : mode === EXECUTABLE
    return wanted === executable
      ? [write]
      : [write, { action: 'chmod', filePath: path, executeFilemode: wanted }]
  })
}

/** Those of the files that are there at a commit: from memory, else one request for up to 90. */
export async function filesAt(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  paths: readonly string[],
  memory: Memory,
): Promise<Map<string, ListedFile>> {
  const found = new Map<string, ListedFile>()
  const listings = knownListings(memory, repository, commit)
  const unknown: string[] = []
  for (const path of paths) {
    const directory = [...listings.keys()].find((each) => covers(each, path))
    if (directory === undefined) unknown.push(path)
    const file = listings.get(directory ?? '')?.find((each) => each.path === path)
    if (file !== undefined) found.set(path, file)
  }
  for (let start = 0; start < unknown.length; start += PATHS) {
    const query = new ProjectQuery(repository.path)
    query.blobs('files', { kind: 'commit', oid: commit }, unknown.slice(start, start + PATHS))
    const project = await ask(client, repository, query, 'ReadModes')
    for (const { path, oid, mode } of aliasSchemas.blobs.parse(project.repository?.files)) {
      found.set(path, { path, oid, mode })
    }
  }
  return found
}

/** Keeps what a commit of ours holds, which is what its parent holds with the changes. */
export function rememberCommit(
  memory: Memory,
  repository: RepositoryId,
  parent: Oid,
  made: Oid,
  { changes }: CommitWish,
): void {
  for (const { content } of changes) {
    if (content !== null) memory.blobs.set(blobOid(content, made), { text: content })
  }
  for (const [directory, before] of knownListings(memory, repository, parent)) {
    const files = new Map<string, ListedFile>(before.map((file) => [file.path, file]))
    for (const { path, content, mode } of changes.filter((change) => covers(directory, change.path))) {
      if (content === null) files.delete(path)
      else {
        const kept = mode ?? (files.get(path)?.mode === EXECUTABLE ? EXECUTABLE : '100644')
        files.set(path, { path, oid: blobOid(content, made), mode: kept })
      }
    }
    rememberListing(memory, repository, made, directory, [...files.values()])
  }
}

function covers(directory: string, path: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}
