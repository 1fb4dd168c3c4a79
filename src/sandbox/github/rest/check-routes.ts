import { resolveCommit } from '../../git/walk.ts'
import { accountById } from '../../model/access.ts'
import { appOf } from '../../model/apps.ts'
import {
  type CheckRunFields,
  checkRunsOf,
  createCheckRun,
  createStatus,
  latestStatuses,
  statusesOf,
  suitesOf,
  updateCheckRun,
} from '../../model/checks.ts'
import type {
  CheckAnnotation,
  CheckConclusion,
  CheckRun,
  KnownActor,
  StatusState,
} from '../../model/types.ts'
import { annotationJson, checkRunJson, checkSuiteJson, simpleStatusJson, statusJson } from '../json/check.ts'
import { repositoryJson } from '../json/repository.ts'
import {
  asObject,
  type Body,
  invalidRequest,
  optionalChoice,
  optionalList,
  optionalNumber,
  optionalObject,
  optionalText,
  requireText,
} from './input.ts'
import { paginate, readPage } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const READ = [['checks', 'read']] as const
const WRITE = [['checks', 'write']] as const
const CONCLUSIONS: readonly CheckConclusion[] = [
  'action_required',
  'cancelled',
  'failure',
  'neutral',
  'success',
  'skipped',
  'stale',
  'timed_out',
]
const STATES: readonly StatusState[] = ['error', 'failure', 'pending', 'success']
/** Annotations in one request. */
const MOST_ANNOTATIONS = 50

/** Check runs, suites and commit statuses. https://docs.github.com/en/rest/checks */
export function addCheckRoutes({ read, write }: Router): void {
  write('post', '/check-runs', WRITE, createRun)
  read('/check-runs/:id{[0-9]+}', READ, (request) =>
    json(checkRunJson(request.model, request.repository, runOf(request))),
  )
  write('patch', '/check-runs/:id{[0-9]+}', WRITE, updateRun)
  read('/check-runs/:id{[0-9]+}/annotations', READ, (request) => {
    const run = runOf(request)
    return paginate(request, run.annotations, (each) =>
      annotationJson(request.model, request.repository, run, each),
    )
  })
  read('/commits/:ref{.+}/check-runs', READ, listRuns)
  read('/commits/:ref{.+}/check-suites', READ, listSuites)
  write('post', '/statuses/:sha', [['statuses', 'write']], postStatus)
  read('/commits/:ref{.+}/statuses', [['statuses', 'read']], async (request) => {
    const { model, repository } = request
    const statuses = statusesOf(model, repository, await commitOf(request))
    return paginate(request, statuses, (status) => statusJson(model, repository, status))
  })
  read('/commits/:ref{.+}/status', [['statuses', 'read']], combinedStatus)
}

async function createRun(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  if (!isApp(actor)) throw new ApiError(403, 'You must authenticate via a GitHub App.')
  const name = requireText(body, 'name')
  const sha = requireText(body, 'head_sha')
  if ((await model.git(repository).commit(sha)) === null) {
    throw new ApiError(422, `No commit found for SHA: ${sha}`)
  }
  const run = createCheckRun(model, repository, actor, sha, { ...readFields(body), name })
  return json(checkRunJson(model, repository, run), 201)
}

function updateRun(request: WriteRequest): Reply {
  const { model, repository, actor, body } = request
  const run = runOf(request)
  if (!isApp(actor) || run.appAccountId !== actor.account.id) {
    throw new ApiError(
      403,
      'Invalid app_id `' +
        String(appOf(model, accountById(model, run.appAccountId)).id) +
        '` - check run can only be modified by the GitHub App that created it.',
    )
  }
  return json(
    checkRunJson(model, repository, updateCheckRun(model, repository, actor, run, readFields(body))),
  )
}

/** An installation of the sandbox's own app, or the account of another one. */
function isApp({ kind, account }: KnownActor): boolean {
  return kind === 'installation' || account.type === 'Bot'
}

function readFields(body: Body): CheckRunFields {
  const status = optionalChoice(body, 'status', ['queued', 'in_progress', 'completed'])
  const conclusion = optionalChoice(body, 'conclusion', CONCLUSIONS)
  if (status === 'completed' && conclusion === undefined)
    throw invalidRequest('"conclusion" wasn\'t supplied.')
  const output = optionalObject(body, 'output')
  return {
    name: optionalText(body, 'name'),
    externalId: optionalText(body, 'external_id'),
    detailsUrl: optionalText(body, 'details_url'),
    status,
    conclusion,
    startedAt: optionalText(body, 'started_at'),
    completedAt: optionalText(body, 'completed_at'),
    output: output === undefined ? undefined : readOutput(output),
  }
}

function readOutput(output: Body): NonNullable<CheckRunFields['output']> {
  const summary = requireText(output, 'summary')
  if (Buffer.byteLength(summary) > 65_535) {
    throw new ApiError(422, 'Invalid request.\n\nsummary exceeds a maximum bytesize of 65535')
  }
  const annotations = optionalList(output, 'annotations') ?? []
  if (annotations.length > MOST_ANNOTATIONS) {
    throw invalidRequest(
      `No more than ${MOST_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`,
    )
  }
  return {
    title: optionalText(output, 'title'),
    summary,
    text: optionalText(output, 'text'),
    annotations: annotations.map((each) => readAnnotation(asObject(each, 'annotations'))),
  }
}

function readAnnotation(item: Body): CheckAnnotation {
  const startLine = optionalNumber(item, 'start_line')
  const endLine = optionalNumber(item, 'end_line')
  const level = optionalChoice(item, 'annotation_level', ['notice', 'warning', 'failure'])
  if (startLine === undefined || endLine === undefined || level === undefined) {
    throw invalidRequest('An annotation needs start_line, end_line and annotation_level.')
  }
  const startColumn = optionalNumber(item, 'start_column') ?? null
  const endColumn = optionalNumber(item, 'end_column') ?? null
  if (startLine !== endLine && (startColumn !== null || endColumn !== null)) {
    throw new ApiError(422, 'Columns may only be given when the annotation is on one line.')
  }
  return {
    path: requireText(item, 'path'),
    startLine,
    endLine,
    startColumn,
    endColumn,
    level,
    title: optionalText(item, 'title') ?? null,
    message: requireText(item, 'message'),
    rawDetails: optionalText(item, 'raw_details') ?? null,
  }
}

async function listRuns(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, query } = request
  const runs = checkRunsOf(model, repository, await commitOf(request), query('filter') !== 'all')
    .filter(({ name }) => query('check_name') === undefined || name === query('check_name'))
    .filter(({ status }) => query('status') === undefined || status === query('status'))
    .filter(
      ({ appAccountId }) =>
        query('app_id') === undefined ||
        query('app_id') === String(appOf(model, accountById(model, appAccountId)).id),
    )
  return paginate(
    request,
    runs.reverse(),
    (run) => checkRunJson(model, repository, run),
    (check_runs) => ({ total_count: runs.length, check_runs }),
  )
}

async function listSuites(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const suites = suitesOf(model, repository, await commitOf(request))
  const check_suites = await Promise.all(suites.map((suite) => checkSuiteJson(model, repository, suite)))
  return json({ total_count: suites.length, check_suites })
}

async function postStatus(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body, param } = request
  const oid = param('sha')
  if ((await model.git(repository).commit(oid)) === null) {
    throw new ApiError(422, `No commit found for SHA: ${oid}`)
  }
  const state = optionalChoice(body, 'state', STATES)
  if (state === undefined) throw invalidRequest('"state" wasn\'t supplied.')
  const status = createStatus(model, repository, actor, oid, {
    state,
    context: optionalText(body, 'context') ?? 'default',
    description: optionalText(body, 'description') ?? null,
    targetUrl: optionalText(body, 'target_url') ?? null,
  })
  return json(statusJson(model, repository, status), 201)
}

async function combinedStatus(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const oid = await commitOf(request)
  const statuses = latestStatuses(model, repository, oid)
  const states = statuses.map(({ state }) => state)
  const failed = states.includes('failure') || states.includes('error')
  const passed = states.length > 0 && states.every((state) => state === 'success')
  const { perPage, skip } = readPage(request)
  const url = model.urls.repositoryApi(repository, `/commits/${oid}`)
  return json({
    state: failed ? 'failure' : passed ? 'success' : 'pending',
    statuses: statuses
      .slice(skip, skip + perPage)
      .map((status) => simpleStatusJson(model, repository, status)),
    sha: oid,
    total_count: statuses.length,
    repository: repositoryJson(model, repository),
    commit_url: url,
    url: `${url}/status`,
  })
}

async function commitOf({ model, repository, param }: RepositoryRequest): Promise<string> {
  const oid = await resolveCommit(model.git(repository), param('ref'))
  if (oid === null) throw new ApiError(422, `No commit found for SHA: ${param('ref')}`)
  return oid
}

function runOf({ model, repository, param }: RepositoryRequest): CheckRun {
  const run = model.tables.checkRuns.get(Number(param('id')))
  if (run === undefined || run.repositoryId !== repository.id) throw new ApiError(404, 'Not Found')
  return run
}
