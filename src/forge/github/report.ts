import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Annotation, Report, ReportWish } from '../forge.ts'
import { answerOf, statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'
import { repositoryFacts } from './facts.ts'
import { problemsOf } from './graphql.ts'
import { baseMemoryKey, type Memory } from './memory.ts'

/** Name of the bot's one check run. */
export const REPORT_NAME = 'supercargo'

/** https://docs.github.com/en/rest/checks/runs#create-a-check-run */
const ANNOTATIONS_PER_REQUEST = 50

/** GraphQL fields of a `Commit` with the bot's check run; its number may be too large for GraphQL's integers. */
export const REPORT_FIELDS = `checkSuites(first: 20, filterBy: { checkName: "${REPORT_NAME}" }) { nodes { app { slug }
  checkRuns(first: 1, filterBy: { checkName: "${REPORT_NAME}", checkType: LATEST }) { nodes {
    id conclusion title summary annotations(first: 100) { nodes {
      path message location { start { line column } } } } } } } }`

const runSchema = z.object({
  id: z.string(),
  conclusion: z.string().nullable(),
  title: z.string().nullable(),
  summary: z.string().nullable(),
  annotations: z
    .object({
      nodes: z.array(
        z.object({
          path: z.string(),
          message: z.string(),
          location: z.object({ start: z.object({ line: z.number(), column: z.number().nullable() }) }),
        }),
      ),
    })
    .nullable(),
})

export const suitesSchema = z
  .object({
    nodes: z.array(
      z.object({
        app: z.object({ slug: z.string() }).nullable(),
        checkRuns: z.object({ nodes: z.array(runSchema) }).nullable(),
      }),
    ),
  })
  .nullish()

/** The check run that the viewer itself made; remembers how many annotations it has. */
export function readReport(
  suites: z.infer<typeof suitesSchema>,
  viewer: string,
  memory: Memory,
): (Report & { id: string }) | null {
  const own = suites?.nodes.filter(({ app }) => app !== null && `${app.slug}[bot]` === viewer) ?? []
  const run = own.flatMap(({ checkRuns }) => checkRuns?.nodes ?? [])[0]
  if (run === undefined) return null
  const annotations = run.annotations?.nodes ?? []
  memory.annotations.set(run.id, annotations.length)
  const conclusion = run.conclusion?.toLowerCase()
  return {
    id: run.id,
    conclusion: conclusion === 'success' || conclusion === 'failure' ? conclusion : 'neutral',
    title: run.title ?? '',
    summary: run.summary ?? '',
    annotations: annotations.map(({ path, message, location: { start } }) => ({
      path,
      message,
      line: start.line,
      column: start.column ?? 1,
    })),
  }
}

const UPDATE = `mutation UpdateReport($input: UpdateCheckRunInput!) {
  report: updateCheckRun(input: $input) { checkRun { id } }
}`

/**
 * Writes the check run. GitHub only ever adds annotations to one, so that a run which has some is replaced by a
 * new one of the same name, which is the one that GitHub then shows.
 * @throws SupercargoError `report-not-allowed` (permanent) with a token that may not write checks
 */
export async function writeReport(
  session: Session,
  repository: RepositoryId,
  wish: ReportWish,
  memory: Memory,
): Promise<void> {
  const batches = batchesOf(wish.annotations)
  const replace = wish.id !== null && (memory.annotations.get(wish.id) ?? 0) > 0
  const id =
    wish.id === null || replace ? await create(session, repository, wish, batches.shift() ?? []) : wish.id
  if (wish.branch !== undefined) memory.reported.set(baseMemoryKey(repository, wish.commit), true)
  if (id !== wish.id && batches.length === 0) return
  const { nodeId } = await repositoryFacts(session, repository, memory)
  if (id === wish.id && batches.length === 0) batches.push([])
  for (const annotations of batches) {
    const output = {
      title: wish.title,
      summary: wish.summary,
      annotations: annotations.map(graphqlAnnotation),
    }
    const conclusion = wish.conclusion.toUpperCase()
    const input = { repositoryId: nodeId, checkRunId: id, status: 'COMPLETED', conclusion, output }
    const [problem] = problemsOf(await session.mutate(UPDATE, { input }), 'report')
    if (problem === undefined) continue
    throw problem.type === 'FORBIDDEN' ? checksNotAllowed(repository, problem.error) : problem.error
  }
}

async function create(
  session: Session,
  repository: RepositoryId,
  { commit, conclusion, title, summary }: ReportWish,
  annotations: Annotation[],
): Promise<string> {
  const output = { title, summary, annotations: annotations.map(restAnnotation) }
  return await createCheckRun(session, repository, {
    name: REPORT_NAME,
    head_sha: commit,
    conclusion,
    output,
  })
}

interface CheckRun {
  name: string
  head_sha: string
  conclusion: Report['conclusion']
  details_url?: string
  output: { title: string; summary: string; annotations?: ReturnType<typeof restAnnotation>[] }
}

/**
 * A check run that has ended; its node id.
 * @throws SupercargoError `report-not-allowed` (permanent) with a token that may not write checks
 */
export async function createCheckRun(
  { owner, repo, write }: Session,
  repository: RepositoryId,
  run: CheckRun,
): Promise<string> {
  try {
    const { data } = await write((request) =>
      request('POST /repos/{owner}/{repo}/check-runs', { owner, repo, status: 'completed', ...run }),
    )
    return data.node_id
  } catch (error) {
    throw statusOf(error) === 403 ? checksNotAllowed(repository, error) : error
  }
}

function batchesOf(annotations: Annotation[]): Annotation[][] {
  const batches: Annotation[][] = []
  for (let start = 0; start < annotations.length; start += ANNOTATIONS_PER_REQUEST) {
    batches.push(annotations.slice(start, start + ANNOTATIONS_PER_REQUEST))
  }
  return batches
}

function restAnnotation({ path, line, column, message }: Annotation) {
  const place = { start_line: line, end_line: line, start_column: column, end_column: column }
  return { path, ...place, annotation_level: 'failure' as const, message }
}

function graphqlAnnotation({ path, line, column, message }: Annotation) {
  const location = { startLine: line, endLine: line, startColumn: column, endColumn: column }
  return { path, location, annotationLevel: 'FAILURE', message }
}

function checksNotAllowed(repository: RepositoryId, error: unknown): SupercargoError {
  return new SupercargoError(`The bot may not write check runs in ${repository.path}: ${answerOf(error)}`, {
    code: 'report-not-allowed',
    kind: 'permanent',
    advice:
      'Check runs need the permission to write checks, and on GitHub only apps and workflows can have it.',
  })
}
