import { reviewsOf, submitReview } from '../../model/discussion.ts'
import { latestOpinions, protectionOf } from '../../model/protection.ts'
import { findPull } from '../../model/pulls.ts'
import type { PullRequest } from '../../model/types.ts'
import { wholeMergeRequestJson } from '../json/merge-request.ts'
import { pipelineJson } from '../json/pipeline.ts'
import { userById } from '../json/user.ts'
import { mergeNow } from '../state/merge.ts'
import { workOutStatus } from '../state/merge-status.ts'
import { latestPipeline } from '../state/pipelines.ts'
import { mayMerge } from '../state/quick-actions.ts'
import { optionalBoolean, optionalText } from './input.ts'
import { pullOf } from './merge-request-routes.ts'
import { json, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Merging and approving. https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request */
export function addMergeRoutes({ project }: Router): void {
  project('put', '/merge_requests/:iid/merge', 'code', merge)
  project('post', '/merge_requests/:iid/cancel_merge_when_pipeline_succeeds', 30, async (request) => {
    const { model, project, actor } = request
    const next = { ...pullOf(request), autoMerge: null }
    model.save(['pulls', next])
    return json(await wholeMergeRequestJson(model, project, next, actor.account), 201)
  })
  project('get', '/merge_requests/:iid/pipelines', 'code', (request) => {
    const { model, project } = request
    const { headOid } = pullOf(request)
    const pipelines = model.tables.pipelines.by(project.id).filter(({ oid }) => oid === headOid)
    return json(pipelines.reverse().map((pipeline) => pipelineJson(model, project, pipeline)))
  })
  project('get', '/merge_requests/:iid/approvals', 'code', (request) => json(approvalsJson(request)))
  project('post', '/merge_requests/:iid/approve', 30, approve)
  project('post', '/merge_requests/:iid/unapprove', 30, (request) => {
    const { model, project, actor } = request
    const own = reviewsOf(model, project, pullOf(request).number).filter(
      ({ authorId, state }) => authorId === actor.account.id && state === 'APPROVED',
    )
    if (own.length === 0) throw refuse(404, '404 Not found')
    for (const review of own) model.save(['reviews', { ...review, state: 'DISMISSED' }])
    return json(approvalsJson(request), 201)
  })
}

async function merge(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const pull = pullOf(request)
  if (!mayMerge(model, project, actor, pull)) throw refuse(401, '401 Unauthorized')
  const status = await workOutStatus(model, project, pull)
  const waits =
    optionalBoolean(params, 'merge_when_pipeline_succeeds') ?? optionalBoolean(params, 'auto_merge')
  const pipeline = latestPipeline(model, project, pull.headOid)
  const runs = pipeline !== null && ['created', 'pending', 'running'].includes(pipeline.status)
  const later = waits === true && runs && (status === 'mergeable' || status === 'ci_still_running')
  if (!later && status !== 'mergeable' && status !== 'conflict' && status !== 'commits_status') {
    throw refuse(405, '405 Method Not Allowed')
  }
  const sha = optionalText(params, 'sha')
  if (sha !== undefined && sha !== pull.headOid) {
    throw refuse(409, `SHA does not match HEAD of source branch: ${pull.headOid}`)
  }
  if (status === 'conflict' || status === 'commits_status') throw refuse(422, 'Branch cannot be merged')
  const removesSource = optionalBoolean(params, 'should_remove_source_branch') ?? pull.removesSource ?? false
  // What was awaited may have taken time: only these two are changed.
  const decided: PullRequest = {
    ...pullOf(request),
    removesSource,
    ...(later ? { autoMerge: { head: pull.headOid, byId: actor.account.id } } : {}),
  }
  model.save(['pulls', decided])
  if (later) return json(await wholeMergeRequestJson(model, project, decided, actor.account))
  const squash = optionalBoolean(params, 'squash') === true
  const title = optionalText(params, squash ? 'squash_commit_message' : 'merge_commit_message')
  await mergeNow(request, decided, pull.headOid, { squash, title })
  const next = findPull(model, project, pull.number) ?? pull
  return json(await wholeMergeRequestJson(model, project, next, actor.account))
}

async function approve(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const pull = pullOf(request)
  const sha = optionalText(params, 'sha')
  if (sha !== undefined && sha !== pull.headOid) {
    throw refuse(409, `SHA does not match HEAD of source branch: ${pull.headOid}`)
  }
  const before = latestOpinions(model, project, pull).some(({ authorId }) => authorId === actor.account.id)
  if (before) throw refuse(401, '401 Unauthorized')
  submitReview(model, project, actor, pull.number, { state: 'APPROVED', body: '' })
  return json(approvalsJson(request), 201)
}

function approvalsJson(request: ProjectRequest): Record<string, unknown> {
  const { model, project, actor } = request
  const pull = pullOf(request)
  const given = latestOpinions(model, project, pull).filter(({ state }) => state === 'APPROVED')
  const needed = protectionOf(model, project, pull.baseBranch)?.requiredApprovals ?? 0
  const own = given.some(({ authorId }) => authorId === actor.account.id)
  return {
    user_has_approved: own,
    user_can_approve: !own && pull.authorId !== actor.account.id,
    approved: given.length >= Math.max(1, needed),
    approved_by: given.map(({ authorId, submittedAt }) => ({
      user: userById(model, authorId),
      approved_at: submittedAt,
    })),
  }
}
