import { isAncestor } from '../../git/walk.ts'
import type { Pipeline } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import type { CommitStatus, Repository, StatusState } from '../../model/types.ts'
import { userById } from '../json/user.ts'
import { createPipeline, latestPipeline, setPipelineStatus, statusOfAll } from '../state/pipelines.ts'
import { findCommit } from './commit-routes.ts'
import { optionalBoolean, optionalChoice, optionalInteger, optionalText, requireText } from './input.ts'
import { paginate } from './page.ts'
import { badParameter, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

const STATES = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'] as const
/** What another forge would call it. */
const COMMON: Record<string, StatusState> = {
  success: 'success',
  skipped: 'success',
  failed: 'failure',
  canceled: 'error',
}
const EVENTS: Record<string, string> = { pending: 'enqueue', running: 'run' }

/** Commit statuses. https://docs.gitlab.com/api/commits/#commit-status */
export function addStatusRoutes({ project }: Router): void {
  project('post', '/statuses/:sha', 30, setStatus)
  project('get', '/repository/commits/:sha/statuses', 'code', listStatuses)
}

async function setStatus(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params, param } = request
  if (!/^[0-9a-f]{40}$/.test(param('sha'))) throw notFound('Commit')
  const { oid } = await findCommit(request)
  requireText(params, 'state')
  const state = optionalChoice(params, 'state', STATES)
  if (state === undefined) throw badParameter('state is missing')
  const name = optionalText(params, 'name') ?? optionalText(params, 'context') ?? 'default'
  const ref = optionalText(params, 'ref') ?? (await branchWith(request, oid))
  if (ref === null) throw notFound('References for commit')
  const pipeline = pipelineFor(request, oid, ref)
  const known = statusesOf(model, project, oid).findLast(
    (each) => each.context === name && each.gitlab?.pipelineId === pipeline.id,
  )
  const open = known?.gitlab?.status === 'pending' || known?.gitlab?.status === 'running' ? known : null
  refuseTransition(open?.gitlab?.status ?? null, state)
  const status: CommitStatus = {
    id: open?.id ?? model.nextId(),
    repositoryId: project.id,
    oid,
    state: COMMON[state] ?? 'pending',
    context: name,
    description: optionalText(params, 'description') ?? open?.description ?? null,
    targetUrl: optionalText(params, 'target_url') ?? open?.targetUrl ?? null,
    creatorId: actor.account.id,
    createdAt: open?.createdAt ?? model.now(),
    gitlab: {
      status: state,
      ref,
      pipelineId: pipeline.id,
      coverage: optionalInteger(params, 'coverage') ?? null,
    },
  }
  model.save(['statuses', status])
  const all = latestOf(
    statusesOf(model, project, oid).filter((each) => each.gitlab?.pipelineId === pipeline.id),
  )
  const whole = statusOfAll(all.map(({ gitlab }) => gitlab?.status ?? 'pending'))
  setPipelineStatus(model, project, actor.account, pipeline, whole)
  return json(statusJson(model, status), 201)
}

/** A status moves on: nothing can be set to what it is, nor back. */
function refuseTransition(from: string | null, to: string): void {
  const event = EVENTS[to]
  if (event === undefined || from === null) return
  if (from === to || from === 'running') {
    const why = `Status cannot transition via "${event}"`
    throw refuse(400, `Cannot transition status via :${event} from :${from} (Reason(s): ${why})`)
  }
}

function pipelineFor({ model, project, actor, params }: ProjectRequest, oid: string, ref: string): Pipeline {
  const id = optionalInteger(params, 'pipeline_id')
  const named = id === undefined ? undefined : model.tables.pipelines.get(id)
  if (id !== undefined && (named?.repositoryId !== project.id || named.oid !== oid))
    throw notFound('Pipeline')
  return (
    named ??
    latestPipeline(model, project, oid, ref) ??
    createPipeline(model, project, actor.account, { oid, ref, source: 'external' })
  )
}

async function branchWith({ model, project }: ProjectRequest, oid: string): Promise<string | null> {
  const git = model.git(project)
  for (const { name, commit } of (await git.refs()).values()) {
    if (name.startsWith('refs/heads/') && (await isAncestor(git, oid, commit)))
      return name.slice('refs/heads/'.length)
  }
  return null
}

async function listStatuses(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const { oid } = await findCommit(request)
  const name = optionalText(params, 'name')
  const ref = optionalText(params, 'ref')
  const pipelineId = optionalInteger(params, 'pipeline_id')
  const all = statusesOf(model, project, oid)
    .filter((each) => name === undefined || each.context === name)
    .filter(({ gitlab }) => ref === undefined || gitlab?.ref === ref)
    .filter(({ gitlab }) => pipelineId === undefined || gitlab?.pipelineId === pipelineId)
  const shown = optionalBoolean(params, 'all') === true ? all : latestOf(all)
  if (optionalChoice(params, 'sort', ['asc', 'desc']) === 'desc') shown.reverse()
  return paginate(request, shown, (status) => statusJson(model, status))
}

function statusesOf(model: Model, project: Repository, oid: string): CommitStatus[] {
  return model.tables.statuses.by(`${project.id}@${oid}`)
}

/** The newest of each name and branch. */
function latestOf(statuses: readonly CommitStatus[]): CommitStatus[] {
  const key = ({ context, gitlab }: CommitStatus): string => `${gitlab?.ref} ${context}`
  const newest = new Map(statuses.map((status) => [key(status), status]))
  return statuses.filter((status) => newest.get(key(status)) === status)
}

function statusJson(model: Model, status: CommitStatus): Record<string, unknown> {
  const {
    status: state = 'pending',
    ref = '',
    pipelineId = 0,
    coverage = null,
    allowFailure = false,
  } = status.gitlab ?? {}
  const waits = state === 'pending'
  return {
    id: status.id,
    sha: status.oid,
    ref,
    status: state,
    name: status.context,
    target_url: status.targetUrl,
    description: status.description,
    created_at: status.createdAt,
    started_at: waits ? null : status.createdAt,
    finished_at: waits || state === 'running' ? null : status.createdAt,
    allow_failure: allowFailure,
    coverage,
    pipeline_id: pipelineId,
    author: userById(model, status.creatorId),
  }
}
