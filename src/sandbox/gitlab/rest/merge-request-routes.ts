import { findAccount, roleOf } from '../../model/access.ts'
import { pullCommits, pullFiles } from '../../model/pull-content.ts'
import { findPull, openPull, pullsOf, updatePull } from '../../model/pulls.ts'
import { Refusal } from '../../model/refusal.ts'
import type { PullRequest } from '../../model/types.ts'
import { commitJson, diffJson } from '../json/commit.ts'
import { mergeRequestJson, stateName, wholeMergeRequestJson } from '../json/merge-request.ts'
import { mayChange, runQuickActions, takeQuickActions } from '../state/quick-actions.ts'
import {
  optionalBoolean,
  optionalChoice,
  optionalInteger,
  optionalText,
  optionalTexts,
  optionalTime,
  requireText,
} from './input.ts'
import { paginate } from './page.ts'
import { forbidden, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Merge requests. https://docs.gitlab.com/api/merge_requests/ */
export function addMergeRequestRoutes({ project }: Router): void {
  project('get', '/merge_requests', 'code', list)
  project('post', '/merge_requests', 30, create)
  project('get', '/merge_requests/:iid', 'code', async (request) => {
    const { model, project, actor } = request
    return json(await wholeMergeRequestJson(model, project, pullOf(request), actor.account, true))
  })
  project('put', '/merge_requests/:iid', 'code', update)
  project('get', '/merge_requests/:iid/commits', 'code', async (request) => {
    const { model, project } = request
    const commits = await pullCommits(model, project, pullOf(request))
    return paginate(request, commits.reverse(), (commit) => commitJson(model, project, commit))
  })
  project('get', '/merge_requests/:iid/diffs', 'code', async (request) => {
    const { model, project, params } = request
    const unidiff = optionalBoolean(params, 'unidiff') === true
    const files = await pullFiles(model, project, pullOf(request))
    return paginate(request, files, (file) => diffJson(file, unidiff))
  })
  project('get', '/merge_requests/:iid/versions', 'code', (request) => {
    const { id, headOid, baseOid, updatedAt } = pullOf(request)
    const version = {
      id,
      head_commit_sha: headOid,
      base_commit_sha: baseOid,
      start_commit_sha: baseOid,
      created_at: updatedAt,
      merge_request_id: id,
      state: 'collected',
      real_size: '1',
      patch_id_sha: null,
    }
    return json([version])
  })
}

/** The merge request that the path names. @throws ApiError 404 */
export function pullOf({ model, project, number }: ProjectRequest): PullRequest {
  const pull = findPull(model, project, number('iid'))
  if (pull === null) throw notFound()
  return pull
}

function list(request: ProjectRequest): Promise<Reply> {
  const { model, project, params, actor } = request
  const state = optionalChoice(params, 'state', ['opened', 'closed', 'locked', 'merged', 'all']) ?? 'all'
  const source = optionalText(params, 'source_branch')
  const target = optionalText(params, 'target_branch')
  const author = authorOf(request)
  const iids = optionalTexts(params, 'iids')
  const labels = optionalTexts(params, 'labels') ?? []
  const search = optionalText(params, 'search')?.toLowerCase()
  const after = optionalTime(params, 'updated_after')
  const before = optionalTime(params, 'updated_before')
  const scope = optionalChoice(params, 'scope', ['created_by_me', 'assigned_to_me', 'reviews_for_me', 'all'])
  const shown = pullsOf(model, project)
    .filter((pull) => state === 'all' || stateName(pull) === state)
    .filter(({ headBranch }) => source === undefined || headBranch === source)
    .filter(({ baseBranch }) => target === undefined || baseBranch === target)
    .filter(({ authorId }) => author === undefined || authorId === author)
    .filter(({ authorId }) => scope !== 'created_by_me' || authorId === actor.account.id)
    .filter(({ number }) => iids === undefined || iids.includes(String(number)))
    .filter((pull) => labels.every((label) => pull.labels.includes(label)))
    .filter(({ title, body }) => search === undefined || `${title}\n${body}`.toLowerCase().includes(search))
    .filter(({ updatedAt }) => after === undefined || Date.parse(updatedAt) >= after)
    .filter(({ updatedAt }) => before === undefined || Date.parse(updatedAt) <= before)
  const order = optionalChoice(params, 'order_by', ['created_at', 'updated_at', 'title', 'merged_at'])
  const key = (pull: PullRequest): string =>
    order === 'updated_at'
      ? pull.updatedAt
      : order === 'title'
        ? pull.title
        : order === 'merged_at'
          ? (pull.mergedAt ?? '')
          : pull.createdAt
  const sign = optionalChoice(params, 'sort', ['asc', 'desc']) === 'asc' ? 1 : -1
  shown.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.number - b.number))
  const recheck = optionalBoolean(params, 'with_merge_status_recheck') === true
  return paginate(request, shown, (pull) => mergeRequestJson(model, project, pull, recheck))
}

function authorOf({ model, params }: ProjectRequest): number | undefined {
  const name = optionalText(params, 'author_username')
  return name === undefined ? optionalInteger(params, 'author_id') : (findAccount(model, name)?.id ?? -1)
}

async function create(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const source = requireText(params, 'source_branch')
  const target = requireText(params, 'target_branch')
  const title = requireText(params, 'title')
  const targetId = optionalInteger(params, 'target_project_id')
  const into = targetId === undefined ? project : model.tables.repositories.get(targetId)
  if (into === undefined) throw notFound('Project')
  const { text, actions } = takeQuickActions(optionalText(params, 'description') ?? '')
  const head = into.id === project.id ? source : `${project.owner}:${source}`
  const wish = { title, body: text, head, base: target }
  const pull = await openPull(model, into, actor, wish).catch((error: unknown) => {
    throw creationRefused(request, error, source, target)
  })
  const labels = optionalTexts(params, 'labels') ?? []
  const removesSource = optionalBoolean(params, 'remove_source_branch') ?? project.deleteBranchOnMerge
  model.save(['pulls', { ...(findPull(model, into, pull.number) ?? pull), labels, removesSource }])
  await runQuickActions(model, into, actor, pull, actions)
  const made = findPull(model, into, pull.number) ?? pull
  return json(await wholeMergeRequestJson(model, into, made, actor.account), 201)
}

function creationRefused(
  { model, project }: ProjectRequest,
  error: unknown,
  source: string,
  target: string,
): unknown {
  if (!(error instanceof Refusal)) return error
  if (error.code === 'exists') {
    const twin = pullsOf(model, project).find(
      (pull) => pull.state === 'open' && pull.headBranch === source && pull.baseBranch === target,
    )
    const number = twin?.number ?? 0
    return refuse(409, [`Another open merge request already exists for this source branch: !${number}`])
  }
  if (error.field === 'head') return refuse(400, { source_branch: ['does not exist'] })
  if (source === target) return refuse(422, ["You can't use same project/branch for source and target"])
  if (error.field === 'base') return refuse(400, { target_branch: ['does not exist'] })
  return error
}

async function update(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const pull = pullOf(request)
  if (!mayChange(model, project, actor, pull)) throw forbidden()
  const event = optionalChoice(params, 'state_event', ['close', 'reopen'])
  const title = optionalText(params, 'title')
  const description = optionalText(params, 'description')
  if (title !== undefined && title.trim() === '') throw refuse(400, { title: ["can't be blank"] })
  const { text, actions } = takeQuickActions(description ?? '')
  const base = optionalText(params, 'target_branch')
  if (base !== undefined && (await model.git(project).ref(`refs/heads/${base}`)) === null) {
    throw refuse(400, { target_branch: ['does not exist'] })
  }
  await updatePull(model, project, actor, pull.number, {
    title,
    body: description === undefined ? undefined : text,
    base,
    state: event === 'close' ? 'closed' : event === 'reopen' ? 'open' : undefined,
  }).catch((error: unknown) => {
    throw error instanceof Refusal && error.code === 'invalid' && error.field === 'state'
      ? refuse(409, [error.message])
      : error
  })
  change(request, findPull(model, project, pull.number) ?? pull)
  await runQuickActions(model, project, actor, pull, actions)
  const next = findPull(model, project, pull.number) ?? pull
  return json(await wholeMergeRequestJson(model, project, next, actor.account))
}

/** GitLab leaves out ids of nobody without a word; 0 alone takes everybody off. */
function reviewers(
  { model, params, project }: ProjectRequest,
  pull: PullRequest,
): Pick<PullRequest, 'reviewerIds'> {
  const ids = optionalTexts(params, 'reviewer_ids')?.map(Number)
  if (ids === undefined) return pull.reviewerIds === undefined ? {} : { reviewerIds: pull.reviewerIds }
  const known = ids.flatMap((id) => model.tables.accounts.get(id) ?? [])
  return { reviewerIds: known.filter((each) => roleOf(model, each, project) !== null).map(({ id }) => id) }
}

function change(request: ProjectRequest, pull: PullRequest): void {
  const { model, project, actor, params } = request
  const all = optionalTexts(params, 'labels') ?? pull.labels
  const removed = optionalTexts(params, 'remove_labels') ?? []
  const added = optionalTexts(params, 'add_labels') ?? []
  const labels = [...new Set([...all, ...added])].filter((label) => !removed.includes(label))
  const removesSource = optionalBoolean(params, 'remove_source_branch') ?? pull.removesSource ?? false
  const next = { ...pull, labels, removesSource, ...reviewers(request, pull) }
  model.save(['pulls', next])
  if (labels.join() === pull.labels.join()) return
  const action = labels.length < pull.labels.length ? 'unlabeled' : 'labeled'
  model.emit({ type: 'pull', action, repository: project, sender: actor.account, pull: next, before: pull })
}
