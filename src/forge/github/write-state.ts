import { z } from 'zod'
import { blobOid } from '../../domain/blob.ts'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { STATE_BRANCH } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { answerOf, ended, statusOf } from '../shared/answer.ts'
import { branchMoved } from '../shared/branches.ts'
import { Declarations } from '../shared/declarations.ts'
import type { StateChange, StateWish } from '../state.ts'
import type { Session } from './client.ts'
import { commitInOneStep } from './commit.ts'
import { createLooseCommit } from './commit-wish.ts'
import { readHead } from './refs.ts'

/** One question, and one commit; the first one is three requests, and shares no history with any other branch. */
export async function writeState(
  session: Session,
  repository: RepositoryId,
  { expectedHead, message, changes }: StateWish,
): Promise<void> {
  if (expectedHead === null) return await begin(session, repository, message, changes)
  const needed = await changing(session, repository, expectedHead, changes)
  if (needed.length === 0) return
  await commitInOneStep(session, repository, {
    branch: STATE_BRANCH,
    expectedHead,
    message,
    changes: needed,
  })
}

const oidSchema = z.object({ oid: z.string() }).nullish()
const filesSchema = z.object({ repository: z.object({ object: z.looseObject({}).nullable() }) })

/** Those of the changes that would change something at this commit: GitHub deletes no file that is not there. */
async function changing(
  session: Session,
  repository: RepositoryId,
  commit: Oid,
  changes: readonly StateChange[],
): Promise<StateChange[]> {
  if (changes.length === 0) return []
  const declared = new Declarations()
  const files = changes.map(({ path }, i) => `f${i}: file(path: ${declared.add('String!', path)}) { oid }`)
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const object = `object(oid: ${declared.add('GitObjectID!', commit)}) { ... on Commit { ${files.join(' ')} } }`
  const document = `query ReadState${declared} { repository(owner: ${owner}, name: ${name}) { ${object} } }`
  const found = filesSchema.parse(await session.query(document, declared.values)).repository.object
  if (found === null) throw branchMoved(repository, STATE_BRANCH)
  return changes.filter(({ content }, i) => {
    const oid = oidSchema.parse(found[`f${i}`])?.oid ?? null
    return oid !== (content === null ? null : blobOid(content, commit))
  })
}

/** The branch is made last, and only where there is none: of two who begin it one wins. */
async function begin(
  session: Session,
  repository: RepositoryId,
  message: string,
  changes: readonly StateChange[],
): Promise<void> {
  const written = changes.filter(({ content }) => content !== null)
  if (written.length === 0) return
  const { owner, repo } = session
  const empty = { tree: null, modes: new Map<string, string>() }
  const sha = await createLooseCommit(session, null, { message, changes: written }, empty)
  try {
    await session.write((request) =>
      request('POST /repos/{owner}/{repo}/git/refs', { owner, repo, ref: `refs/heads/${STATE_BRANCH}`, sha }),
    )
  } catch (error) {
    if (statusOf(error) !== 422) throw error
    const head = await readHead(session, STATE_BRANCH)
    if (head === sha) return
    if (head !== null) throw branchMoved(repository, STATE_BRANCH)
    throw new SupercargoError(
      `GitHub refused the branch ${STATE_BRANCH} of ${repository.path}: ${ended(answerOf(error))}`,
      {
        code: 'write-refused',
        kind: 'permanent',
        advice: `Let the app make branches that begin with supercargo/, and delete branches that begin with ${STATE_BRANCH}/.`,
        cause: error instanceof Error ? error.cause : undefined,
      },
    )
  }
}
