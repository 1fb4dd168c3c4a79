import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchChecks, Check } from '../checks.ts'
import { oneOfEachName, worst } from '../shared/checks.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import type { Memory } from './memory.ts'
import { type Job, type Pipeline, type ProjectPipelines, readPipelines } from './pipelines-query.ts'
import { numberOf } from './project.ts'
import { REPORT_NAME, readOwnStatuses } from './report.ts'

/** Name of the check that the newest pipeline is as a whole. */
const PIPELINE = 'pipeline'

/** The newest pipeline of each commit on the branch, and what is in it. */
export async function readChecks(
  client: Client,
  repository: RepositoryId,
  branch: string,
  commits: readonly Oid[],
  me: Me,
  memory: Memory,
): Promise<BranchChecks> {
  const found = await readPipelines(client, repository, branch, commits)
  const root = `${client.addresses.web}/${repository.path}/-`
  const checks = await Promise.all(
    [...found.pipelines].map(async ([oid, pipeline]): Promise<[Oid, Check[]]> => {
      if (pipeline === null) return [oid, []]
      const own = await ownReports(client, repository, branch, oid, pipeline, me, memory)
      return [oid, checksOf(pipeline, own, found, root, `${root}/commit/${oid}/pipelines`)]
    }),
  )
  return { required: found.mustSucceed ? [PIPELINE] : [], commits: Object.fromEntries(checks) }
}

/**
 * The bot's own statuses in a pipeline: its report by author and name, and what it says of previews by names that begin
 * with its own. GraphQL tells no authors, so that a status with the bot's name is asked about once.
 */
async function ownReports(
  client: Client,
  repository: RepositoryId,
  branch: string,
  oid: Oid,
  { jobs }: Pipeline,
  me: Me,
  memory: Memory,
): Promise<Job[]> {
  const outside = jobs.filter(({ id }) => !id.includes('/Ci::'))
  const named = outside.filter(({ name }) => name === REPORT_NAME)
  const ofPreviews = outside.filter(({ name }) => name.startsWith(`${REPORT_NAME}/`))
  const known = (job: Job) => memory.ownStatuses.get(String(numberOf(job.id)))
  if (named.some((job) => known(job) === undefined)) {
    await readOwnStatuses(client, repository, oid, branch, me, memory)
  }
  return [...named.filter((job) => known(job) === true), ...ofPreviews]
}

function checksOf(
  { status, jobs }: Pipeline,
  own: readonly Job[],
  { skippedIsFine }: ProjectPipelines,
  root: string,
  url: string,
): Check[] {
  const others = jobs.filter((job) => !own.includes(job))
  // the bot's report makes a pipeline where there is none
  if (own.length > 0 && others.length === 0) return []
  const whole = pipelineState(own.length > 0 ? withoutReports(status, others) : status, skippedIsFine)
  return oneOfEachName([
    { name: PIPELINE, state: whole, url },
    ...others.flatMap((job): Check[] => {
      const state = jobState(job, whole)
      const page = job.id.includes('/Ci::Build/') ? `${root}/jobs/${numberOf(job.id)}` : url
      return state === null ? [] : [{ name: job.name, state, url: page }]
    }),
  ])
}

/** The bot's report counts for GitLab as any job: what the pipeline would be without it. */
function withoutReports(status: string, others: readonly Job[]): string {
  const ran = others.filter((job) => job.status !== 'SKIPPED')
  if (ran.length === 0) return 'SKIPPED'
  if (status !== 'FAILED') return status
  const state = worst(ran.map((job) => jobState(job, 'passed') ?? 'passed'))
  return { passed: 'SUCCESS', failed: 'FAILED', pending: 'RUNNING' }[state]
}

/** https://docs.gitlab.com/api/graphql/reference/#pipelinestatusenum; one that waits for a person is `MANUAL`. */
function pipelineState(status: string, skippedIsFine: boolean): Check['state'] {
  if (status === 'SUCCESS' || (status === 'SKIPPED' && skippedIsFine)) return 'passed'
  return ['FAILED', 'CANCELED', 'SKIPPED'].includes(status) ? 'failed' : 'pending'
}

/**
 * https://docs.gitlab.com/api/graphql/reference/#cijobstatus. A job that may fail has passed when it failed; one that
 * may be started by hand, and was not, says nothing (null); a skipped one has nothing to do where the pipeline has
 * passed, and did not get its turn elsewhere.
 */
function jobState({ status, allowFailure }: Job, whole: Check['state']): Check['state'] | null {
  switch (status) {
    case 'SUCCESS':
      return 'passed'
    case 'FAILED':
    case 'CANCELED':
      return allowFailure ? 'passed' : 'failed'
    case 'SKIPPED':
      return whole
    case 'MANUAL':
      return allowFailure ? null : 'pending'
    default:
      return 'pending'
  }
}
