import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { ForgeAnswer } from '../shared/answer.ts'
import { Declarations } from '../shared/declarations.ts'
import type { Client } from './client.ts'
import { projectNotFound } from './errors.ts'

/** A job of a pipeline, or a commit status that was set from outside, which GitLab keeps beside them. */
const jobSchema = z.object({
  /** `gid://gitlab/Ci::Build/7`, `gid://gitlab/GenericCommitStatus/7`. */
  id: z.string(),
  name: z.string(),
  status: z.string(),
  allowFailure: z.boolean(),
})

export type Job = z.infer<typeof jobSchema>

/** The newest pipeline of a commit on a branch, with everything in it that was not retried. */
export interface Pipeline {
  /** As GitLab says it: `SUCCESS`, `WAITING_FOR_RESOURCE`. */
  status: string
  jobs: Job[]
}

export interface ProjectPipelines {
  /** Only merge requests whose pipeline has succeeded can be merged. */
  mustSucceed: boolean
  /** A skipped pipeline is as good as one that has succeeded. */
  skippedIsFine: boolean
  /** Null where there is none. */
  pipelines: Map<Oid, Pipeline | null>
}

/** Commits and jobs that stay below the complexity that GitLab allows: 243 and 223 of 250. */
const FIRST_LOOK = { commits: 20, jobs: 20 }
const WHOLE = { commits: 10, jobs: 100 }

const JOBS = 'nodes { id name status allowFailure }'

const answerSchema = z.object({
  project: z
    .looseObject({
      onlyAllowMergeIfPipelineSucceeds: z.boolean().nullish(),
      allowMergeOnSkippedPipeline: z.boolean().nullish(),
    })
    .nullable(),
})

const pipelinesSchema = z.object({
  nodes: z.array(
    z.object({
      id: z.string().optional(),
      status: z.string(),
      jobs: z.object({
        nodes: z.array(jobSchema),
        pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
      }),
    }),
  ),
})

type Found = z.infer<typeof pipelinesSchema>['nodes'][number]

/**
 * Pipelines of commits on a branch: 20 in one request, where they have no more than 20 jobs; those that have are read
 * again in whole. https://docs.gitlab.com/api/graphql/reference/#projectpipelines and
 * https://docs.gitlab.com/api/graphql/reference/#pipelinejobs
 * @throws SupercargoError `required-checks-unknown` (permanent) when GitLab does not say what it demands
 */
export async function readPipelines(
  client: Client,
  repository: RepositoryId,
  branch: string,
  commits: readonly Oid[],
): Promise<ProjectPipelines> {
  const pipelines = new Map<Oid, Pipeline | null>()
  const long: Oid[] = []
  let settings: z.infer<typeof answerSchema>['project'] = {}
  const distinct = [...new Set(commits)]
  for (let start = 0; start === 0 || start < distinct.length; start += FIRST_LOOK.commits) {
    const asked = distinct.slice(start, start + FIRST_LOOK.commits).map((oid): Page => ({ oid, after: null }))
    const { project, found } = await look(client, repository, branch, asked, false)
    settings = project
    for (const [oid, pipeline] of found) {
      if (pipeline?.jobs.pageInfo.hasNextPage === true) long.push(oid)
      else pipelines.set(oid, pipeline && { status: pipeline.status, jobs: pipeline.jobs.nodes })
    }
  }
  for (const [oid, pipeline] of await readWhole(client, repository, branch, long))
    pipelines.set(oid, pipeline)
  const { onlyAllowMergeIfPipelineSucceeds: mustSucceed, allowMergeOnSkippedPipeline: skipped } = settings
  if (typeof mustSucceed !== 'boolean') throw requiredUnknown(repository)
  return { mustSucceed, skippedIsFine: skipped === true, pipelines }
}

interface Page {
  oid: Oid
  after: string | null
}

async function readWhole(
  client: Client,
  repository: RepositoryId,
  branch: string,
  commits: readonly Oid[],
): Promise<Map<Oid, Pipeline | null>> {
  const whole = new Map<Oid, (Pipeline & { id: string | undefined }) | null>()
  let wanted = commits.map((oid): Page => ({ oid, after: null }))
  while (wanted.length > 0) {
    const asked = wanted.slice(0, WHOLE.commits)
    const { found } = await look(client, repository, branch, asked, true)
    const more: Page[] = []
    for (const { oid } of asked) {
      const page = found.get(oid) ?? null
      const known = whole.get(oid)
      if (known != null && known.id !== page?.id) throw moved(repository)
      if (page === null) whole.set(oid, null)
      else {
        const { id, status, jobs } = page
        whole.set(oid, { id, status, jobs: [...(known?.jobs ?? []), ...jobs.nodes] })
        if (jobs.pageInfo.hasNextPage) more.push({ oid, after: jobs.pageInfo.endCursor ?? null })
      }
    }
    wanted = [...wanted.slice(WHOLE.commits), ...more]
  }
  return whole
}

async function look(
  client: Client,
  repository: RepositoryId,
  branch: string,
  pages: readonly Page[],
  whole: boolean,
): Promise<{ project: NonNullable<z.infer<typeof answerSchema>['project']>; found: Map<Oid, Found | null> }> {
  const declared = new Declarations()
  const path = declared.add('ID!', repository.path)
  const aliases = pages.map(({ oid, after }, i) => {
    const where = `ref: ${declared.add('String', branch)}, sha: ${declared.add('String', oid)}, first: 1`
    if (!whole) return `c${i}: pipelines(${where}) { ...Newest }`
    const next = after === null ? '' : `, after: ${declared.add('String', after)}`
    return `c${i}: pipelines(${where}) { nodes { id status
      jobs(retried: false, first: ${WHOLE.jobs}${next}) { ${JOBS} pageInfo { hasNextPage endCursor } } } }`
  })
  const newest = `fragment Newest on PipelineConnection { nodes { status
    jobs(retried: false, first: ${FIRST_LOOK.jobs}) { ${JOBS} pageInfo { hasNextPage } } } }`
  const document = `query ReadPipelines${declared} { project(fullPath: ${path}) {
    onlyAllowMergeIfPipelineSucceeds allowMergeOnSkippedPipeline ${aliases.join('\n')} } }
    ${whole || pages.length === 0 ? '' : newest}`
  const { project } = answerSchema.parse(await client.query(document, declared.values, repository.path))
  if (project === null) throw projectNotFound(repository.path, new ForgeAnswer(404, 'not found'))
  const found = pages.map(({ oid }, i): [Oid, Found | null] => [
    oid,
    pipelinesSchema.nullish().parse(project[`c${i}`])?.nodes[0] ?? null,
  ])
  return { project, found: new Map(found) }
}

function moved(repository: RepositoryId): SupercargoError {
  return new SupercargoError(`A new pipeline began in ${repository.path} while another one was read.`, {
    code: 'forge-conflict',
    kind: 'conflict',
  })
}

function requiredUnknown(repository: RepositoryId): SupercargoError {
  return new SupercargoError(`GitLab does not say whether pipelines must succeed in ${repository.path}.`, {
    code: 'required-checks-unknown',
    kind: 'permanent',
    advice: "Make the token's user a member of the project, with the role Developer or Maintainer.",
  })
}
