import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { oneLine } from '../../domain/markdown.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Report, ReportWish } from '../forge.ts'
import type { Client } from './client.ts'
import { ensureCommitComment } from './commit-comment.ts'
import type { Me } from './identity.ts'
import { type Memory, projectKey } from './memory.ts'
import { ask } from './project.ts'
import { ProjectQuery } from './project-query.ts'

/** Name of the bot's one status on a commit; a second name would stand beside the first for ever. */
const REPORT_NAME = 'supercargo'
/** https://docs.gitlab.com/api/commits/#set-commit-pipeline-status */
const MOST_DESCRIPTION = 255

/** A status has two ends only; which of the good ones a report has is in its fingerprint. */
const STATES = { success: 'success', neutral: 'success', failure: 'failed' } as const

const statusSchema = z.object({
  id: z.number(),
  name: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
  author: z.object({ id: z.number() }).nullish(),
})

/**
 * The newest status that the bot itself set on a commit. GitLab keeps its first line; the rest is what this process
 * wrote, and is written once more after a restart.
 */
export async function readReport(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  branch: string,
  me: Me,
  memory: Memory,
): Promise<(Report & { id: string }) | null> {
  const query = { name: REPORT_NAME, ref: branch, all: false, perPage: 100, maxPages: 1 }
  const found = await client.rest.commits.allStatuses(repository.path, commit, query)
  const own = z
    .array(statusSchema)
    .parse(found)
    .filter(({ name, author }) => name === REPORT_NAME && author?.id === me.id)
    .reduce<z.infer<typeof statusSchema> | null>(
      (best, each) => (best === null || each.id > best.id ? each : best),
      null,
    )
  if (own === null) return null
  const [, conclusion = '', fingerprint = ''] = MARK.exec(own.target_url ?? '') ?? []
  const known = memory.reports.get(fingerprint)
  if (known !== undefined) return { ...known, id: String(own.id) }
  return {
    id: String(own.id),
    conclusion: conclusion === 'success' || conclusion === 'failure' ? conclusion : 'neutral',
    title: own.description ?? '',
    summary: '',
    annotations: [],
  }
}

const MARK = /#supercargo-(success|neutral|failure)-([0-9a-f]+)$/

/**
 * Sets the status, whose description is the title, with a link to the page of the commit. What is broken is told
 * there in full, as one comment that is edited in place; what is well needs no more words than the title.
 * https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 */
export async function writeReport(
  client: Client,
  repository: RepositoryId,
  wish: ReportWish,
  me: Me,
  memory: Memory,
): Promise<void> {
  const { id: _, commit, ...report } = wish
  const fingerprint = createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 16)
  if (wish.conclusion === 'failure') await ensureCommitComment(client, repository, commit, report, me)
  const ref = await defaultBranch(client, repository, memory)
  await client.rest.commits.editStatus(repository.path, commit, STATES[wish.conclusion], {
    name: REPORT_NAME,
    ref,
    description: oneLine(wish.title, MOST_DESCRIPTION),
    targetUrl: `${client.addresses.web}/${repository.path}/-/commit/${commit}#supercargo-${wish.conclusion}-${fingerprint}`,
  })
  memory.reports.set(fingerprint, report)
}

async function defaultBranch(client: Client, repository: RepositoryId, memory: Memory): Promise<string> {
  const known = memory.defaultBranches.get(projectKey(repository))
  if (known !== undefined) return known
  const project = await ask(client, repository, new ProjectQuery(repository.path), 'ReadBranch')
  return project.repository?.rootRef ?? 'main'
}
