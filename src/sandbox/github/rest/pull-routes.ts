import { diffFiles, diffText } from '../../git/diff.ts'
import { history, mergeBase } from '../../git/walk.ts'
import { reviewsOf, submitReview } from '../../model/discussion.ts'
import { mergePull, updatePullBranch } from '../../model/merging.ts'
import { findPull, headLabel, openPull, pullsOf, updatePull } from '../../model/pulls.ts'
import type { PullRequest } from '../../model/types.ts'
import { reviewJson } from '../json/discussion.ts'
import { commitJson, fileJson } from '../json/git.ts'
import { fullPullJson, pullJson } from '../json/pull.ts'
import { optionalBoolean, optionalChoice, optionalText, requireText } from './input.ts'
import { isFresh } from './lag.ts'
import { paginate } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const READ = [['pull_requests', 'read']] as const
const WRITE = [['pull_requests', 'write']] as const

/** Pull requests and reviews. https://docs.github.com/en/rest/pulls */
export function addPullRoutes({ read, write }: Router): void {
  read('/pulls', READ, listPulls)
  write('post', '/pulls', WRITE, createPull)
  read('/pulls/:number{[0-9]+}', READ, getPull)
  write('patch', '/pulls/:number{[0-9]+}', WRITE, changePull)
  read('/pulls/:number{[0-9]+}/merge', READ, (request) => {
    if (pullOf(request).state === 'merged') return { status: 204 }
    throw new ApiError(404, 'Not Found')
  })
  write('put', '/pulls/:number{[0-9]+}/merge', [['contents', 'write']], merge)
  write('put', '/pulls/:number{[0-9]+}/update-branch', WRITE, updateBranch)
  read('/pulls/:number{[0-9]+}/files', READ, listFiles)
  read('/pulls/:number{[0-9]+}/commits', READ, listCommits)
  read('/pulls/:number{[0-9]+}/reviews', READ, (request) =>
    paginate(request, reviewsOf(request.model, request.repository, pullOf(request).number), (review) =>
      reviewJson(request.model, request.repository, review),
    ),
  )
  write('post', '/pulls/:number{[0-9]+}/reviews', WRITE, createReview)
}

function listPulls(request: RepositoryRequest): Reply {
  const { model, repository, query } = request
  const state = query('state') ?? 'open'
  const head = query('head')?.toLowerCase()
  const base = query('base')
  const oldestFirst = query('direction') === 'asc'
  const byUpdate = query('sort') === 'updated'
  const key = (pull: PullRequest): string => (byUpdate ? pull.updatedAt : pull.createdAt)
  const pulls = pullsOf(model, repository)
    .filter((pull) => state === 'all' || (state === 'open') === (pull.state === 'open'))
    .filter((pull) => head === undefined || headLabel(pull).toLowerCase() === head)
    .filter((pull) => base === undefined || pull.baseBranch === base)
    .sort((a, b) => key(a).localeCompare(key(b)) || a.number - b.number)
  return paginate(request, oldestFirst ? pulls : pulls.reverse(), (pull) => pullJson(model, repository, pull))
}

async function createPull({ model, repository, actor, body }: WriteRequest): Promise<Reply> {
  const head = requireText(body, 'head')
  const base = requireText(body, 'base')
  const branch = head.slice(head.indexOf(':') + 1)
  if (isFresh(model, repository, `refs/heads/${branch}`)) {
    const error = { resource: 'PullRequest', code: 'custom', message: "Head sha can't be blank" }
    throw new ApiError(422, 'Validation Failed', [error])
  }
  const pull = await openPull(model, repository, actor, {
    title: requireText(body, 'title'),
    body: optionalText(body, 'body') ?? null,
    head,
    base,
    draft: optionalBoolean(body, 'draft') ?? false,
  })
  const location = model.urls.repositoryApi(repository, `/pulls/${pull.number}`)
  return { status: 201, body: await fullPullJson(model, repository, pull), headers: { location } }
}

async function getPull(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const pull = pullOf(request)
  if (isFresh(model, repository, `#${pull.number}`)) throw new ApiError(404, 'Not Found')
  if (/\bdiff\b/.test(request.header('accept') ?? '')) {
    const { from, to } = await rangeOf(request, pull)
    return {
      status: 200,
      body: await diffText(model.git(repository), from, to),
      headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' },
    }
  }
  return json(await fullPullJson(model, repository, pull))
}

async function changePull(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const { number } = pullOf(request)
  const pull = await updatePull(model, repository, actor, number, {
    title: optionalText(body, 'title'),
    body: body.body === null ? null : optionalText(body, 'body'),
    base: optionalText(body, 'base'),
    state: optionalChoice(body, 'state', ['open', 'closed']),
  })
  return json(await fullPullJson(model, repository, pull))
}

async function merge(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const { number } = pullOf(request)
  const { commit } = await mergePull(model, repository, actor, number, {
    method: optionalChoice(body, 'merge_method', ['merge', 'squash', 'rebase']) ?? 'merge',
    head: optionalText(body, 'sha'),
    title: optionalText(body, 'commit_title'),
    message: optionalText(body, 'commit_message'),
  }).catch((error: unknown) => {
    throw mergeError(error)
  })
  return json({ sha: commit, merged: true, message: 'Pull Request successfully merged' })
}

/** A rule of a protected branch answers 405 here, as everything else that cannot be merged. */
function mergeError(error: unknown): unknown {
  const isRule = error instanceof Error && 'code' in error && error.code === 'protected'
  return isRule ? new ApiError(405, error.message) : error
}

async function updateBranch(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const pull = pullOf(request)
  await updatePullBranch(model, repository, actor, pull.number, optionalText(body, 'expected_head_sha'))
  const url = model.urls.repository(repository, `/pull/${pull.number}`)
  return json({ message: 'Updating pull request branch.', url }, 202)
}

async function listFiles(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const pull = pullOf(request)
  const { from, to } = await rangeOf(request, pull)
  const files = await diffFiles(model.git(repository), from, to)
  return paginate(request, files, (file) => fileJson(model, repository, pull.headOid, file))
}

async function listCommits(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const { from, to } = await rangeOf(request, pullOf(request))
  const not = from === null ? [] : [from]
  const commits = await history(model.git(repository), to, { limit: 250, not })
  return paginate(request, commits.reverse(), (commit) => commitJson(model, repository, commit))
}

function createReview(request: WriteRequest): Reply {
  const { model, repository, actor, body } = request
  const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const
  const event = optionalChoice(body, 'event', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT']) ?? 'COMMENT'
  const text = optionalText(body, 'body') ?? ''
  if (event !== 'APPROVE' && text === '') throw new ApiError(422, 'Unprocessable Entity')
  const review = submitReview(model, repository, actor, pullOf(request).number, {
    state: states[event],
    body: text,
    commit: optionalText(body, 'commit_id'),
  })
  return json(reviewJson(model, repository, review))
}

/** The commits that a pull request brings: from the merge base to its head. */
async function rangeOf(
  { model, repository }: RepositoryRequest,
  pull: PullRequest,
): Promise<{ from: string | null; to: string }> {
  const git = model.git(repository)
  const current = (await git.ref(`refs/heads/${pull.baseBranch}`))?.oid
  const base = pull.state === 'open' ? (current ?? pull.baseOid) : pull.baseOid
  return { from: await mergeBase(git, base, pull.headOid), to: pull.headOid }
}

/** @throws ApiError 404 */
export function pullOf({ model, repository, param }: RepositoryRequest): PullRequest {
  const pull = findPull(model, repository, Number(param('number')))
  if (pull === null) throw new ApiError(404, 'Not Found')
  return pull
}
