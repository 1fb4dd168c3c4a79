import type { Oid } from '../../domain/commit.ts'
import type { CommitWish } from '../forge.ts'
import type { Session } from './client.ts'
import type { BaseFacts } from './memory.ts'

/** More than this goes by trees and commits: `createCommitOnBranch` takes one document of base64. */
const MAX_BASE64_BYTES = 4 * 1024 * 1024

/** True when GitHub's one-step commit can write these changes as they should be: it knows no mode but 100644. */
export function fitsOneStep(wish: CommitWish, base: BaseFacts): boolean {
  const size = wish.changes.reduce((sum, { content }) => sum + Buffer.byteLength(content ?? '') * (4 / 3), 0)
  const written = wish.changes.filter(({ content }) => content !== null)
  return size <= MAX_BASE64_BYTES && written.every((change) => modeOf(change, base) === '100644')
}

/** Input of `createCommitOnBranch`: GitHub makes the commit in the bot's name, and signs it. */
export function oneStepInput(repository: string, branch: string, expectedHeadOid: Oid, wish: CommitWish) {
  const additions = wish.changes.flatMap(({ path, content }) =>
    content === null ? [] : [{ path, contents: Buffer.from(content, 'utf8').toString('base64') }],
  )
  const deletions = wish.changes.flatMap(({ path, content }) => (content === null ? [{ path }] : []))
  const [headline = '', ...rest] = wish.message.split('\n')
  return {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid,
    message: { headline, body: rest.join('\n').trim() },
    fileChanges: { additions, deletions },
  }
}

/**
 * Makes the commit on `parent` without any branch: two requests, and nobody sees it until a branch points to it. Null:
 * it is the first of a history of its own.
 * Without author and committer GitHub makes it in the bot's name, and signs it.
 * https://docs.github.com/en/rest/git/commits#create-a-commit
 */
export async function createLooseCommit(
  session: Session,
  parent: Oid | null,
  wish: CommitWish,
  base: Pick<BaseFacts, 'modes'> & { tree: Oid | null },
): Promise<Oid> {
  const { owner, repo } = session
  const tree = await session.write((request) =>
    request('POST /repos/{owner}/{repo}/git/trees', {
      owner,
      repo,
      ...(base.tree === null ? {} : { base_tree: base.tree }),
      tree: wish.changes.map((change) => {
        const entry = { path: change.path, mode: modeOf(change, base), type: 'blob' as const }
        return change.content === null ? { ...entry, sha: null } : { ...entry, content: change.content }
      }),
    }),
  )
  const commit = await session.write((request) =>
    request('POST /repos/{owner}/{repo}/git/commits', {
      owner,
      repo,
      message: wish.message,
      tree: tree.data.sha,
      parents: parent === null ? [] : [parent],
    }),
  )
  return commit.data.sha
}

function modeOf(
  { path, mode }: CommitWish['changes'][number],
  base: Pick<BaseFacts, 'modes'>,
): '100644' | '100755' {
  return mode ?? (base.modes.get(path) === '100755' ? '100755' : '100644')
}
