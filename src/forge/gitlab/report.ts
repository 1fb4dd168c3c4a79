import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import { oneLine } from '../../domain/markdown.ts'
import { reportDigest } from '../../domain/report-digest.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { PresentReport, ReportWish } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import { ensureCommitComment } from './commit-comment.ts'
import type { Me } from './identity.ts'
import { commitKey, type Memory, projectKey } from './memory.ts'
import { ask } from './project.ts'
import { ProjectQuery } from './project-query.ts'

/** Name of the bot's one status on a commit; a second name would stand beside the first for ever. */
export const REPORT_NAME = 'supercargo'
/** Of a description, and of an address. https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
export const MOST_CHARACTERS = 255

/** A status has two ends only; which of the good ones a report has is in its address. */
const STATES = { success: 'success', neutral: 'success', failure: 'failed' } as const

const statusSchema = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
  author: z.object({ id: z.number() }).nullish(),
})

type Status = z.infer<typeof statusSchema>

/**
 * The newest status that the bot itself set on a commit. GitLab keeps its title and, in its address, a digest of
 * the whole; the other texts are known to the process that wrote them.
 */
export async function readReport(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  branch: string,
  me: Me,
  memory: Memory,
): Promise<PresentReport | null> {
  const own = (await readOwnStatuses(client, repository, commit, branch, me, memory)).reduce<Status | null>(
    (best, each) => (best === null || each.id > best.id ? each : best),
    null,
  )
  if (own === null) return null
  const [, conclusion = '', digest = ''] = MARK.exec(own.target_url ?? '') ?? []
  const known = memory.reports.get(digest)
  if (known !== undefined) return { ...known, id: String(own.id) }
  return {
    id: String(own.id),
    conclusion: conclusion === 'success' || conclusion === 'failure' ? conclusion : 'neutral',
    title: own.description ?? '',
    summary: '',
    annotations: [],
    digest,
  }
}

/** The statuses of a commit that are the bot's reports; remembers which of those with its name are. */
export async function readOwnStatuses(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  branch: string,
  me: Me,
  memory: Memory,
): Promise<Status[]> {
  const query = { name: REPORT_NAME, ref: branch, all: false, perPage: 100, maxPages: 1 }
  const found = z
    .array(statusSchema)
    .parse(await client.rest.commits.allStatuses(repository.path, commit, query))
  for (const { id, author } of found) memory.ownStatuses.set(String(id), author?.id === me.id)
  return found.filter(({ name, author }) => name === REPORT_NAME && author?.id === me.id)
}

const MARK = /#supercargo-(success|neutral|failure)-([0-9a-f]+)$/

/**
 * Sets the status, whose description is the title, with a link to the page of the commit. What is broken is told
 * there in full, as one comment that is edited in place; what is well needs no more words than the title.
 * https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 * @throws SupercargoError `report-not-allowed` (permanent)
 */
export async function writeReport(
  client: Client,
  repository: RepositoryId,
  wish: ReportWish,
  me: Me,
  memory: Memory,
): Promise<void> {
  const { id: _, branch, commit, ...report } = wish
  const digest = reportDigest(report)
  if (wish.conclusion === 'failure') await ensureCommitComment(client, repository, commit, report, me)
  const ref = branch ?? (await defaultBranch(client, repository, memory))
  const status = {
    name: REPORT_NAME,
    ref,
    description: oneLine(wish.title, MOST_CHARACTERS),
    targetUrl: pageOf(client, repository, commit, `#supercargo-${wish.conclusion}-${digest}`),
  }
  await setStatus(client, repository, commit, wish.conclusion, status)
  memory.reports.set(digest, report)
  if (branch !== undefined) memory.reported.set(commitKey(repository, commit), true)
}

/**
 * Sets a status from outside; its `description` and `targetUrl` are no longer than MOST_CHARACTERS.
 * @throws SupercargoError `report-not-allowed` (permanent)
 */
export async function setStatus(
  { rest }: Client,
  repository: RepositoryId,
  commit: Oid,
  conclusion: keyof typeof STATES,
  status: { name: string; ref: string; description: string; targetUrl?: string },
): Promise<void> {
  try {
    await rest.commits.editStatus(repository.path, commit, STATES[conclusion], status)
  } catch (error) {
    throw statusOf(error) === 403 ? statusesNotAllowed(repository) : error
  }
}

/** The page of the commit; that of the instance where the address would be too long for GitLab. */
function pageOf(client: Client, repository: RepositoryId, commit: Oid, mark: string): string {
  const { web } = client.addresses
  const page = `${web}/${repository.path}/-/commit/${commit}${mark}`
  return page.length <= MOST_CHARACTERS ? page : `${web}/${mark}`
}

function statusesNotAllowed(repository: RepositoryId): SupercargoError {
  return new SupercargoError(`The bot may not set commit statuses in ${repository.path}.`, {
    code: 'report-not-allowed',
    kind: 'permanent',
    advice: 'Commit statuses need the role Developer, and Maintainer where the branch is protected so.',
  })
}

async function defaultBranch(client: Client, repository: RepositoryId, memory: Memory): Promise<string> {
  const known = memory.defaultBranches.get(projectKey(repository))
  if (known !== undefined) return known
  const project = await ask(client, repository, new ProjectQuery(repository.path), 'ReadBranch')
  return project.repository?.rootRef ?? 'main'
}
