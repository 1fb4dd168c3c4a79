import type { Oid } from '../../../domain/commit.ts'
import { diffFiles, diffText } from '../../git/diff.ts'
import { aheadBehind, countCommits, history, resolveCommit } from '../../git/walk.ts'
import { pullsOf } from '../../model/pulls.ts'
import { commitJson, fileJson } from '../json/git.ts'
import { pullJson } from '../json/pull.ts'
import { refuseEmpty } from './git-input.ts'
import { links, paginate, readPage } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router } from './router.ts'

const READ = [['contents', 'read']] as const
/** Largest comparison without pages, in commits; and the most files that any answer lists. */
const COMPARE_COMMITS = 250
const COMPARE_FILES = 300

/** Commits and comparisons. https://docs.github.com/en/rest/commits/commits */
export function addCommitRoutes({ read }: Router): void {
  read('/commits', READ, listCommits)
  read('/commits/:sha/pulls', [['pull_requests', 'read'], ...READ], listPullsOfCommit)
  read('/compare/:basehead{.+}', READ, compare)
}

/** `GET /commits/{ref}` matches everything below `/commits`: it must be added after all others. */
export function addCommitByRefRoute({ read }: Router): void {
  read('/commits/:ref{.+}', READ, getCommit)
}

async function listCommits(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  await refuseEmpty(request)
  const git = model.git(repository)
  const page = readPage(request)
  const from = await resolveCommit(git, request.query('sha') ?? repository.defaultBranch)
  if (from === null) throw new ApiError(404, 'Not Found')
  const path = request.query('path') ?? null
  const commits = await history(git, from, { limit: page.perPage, skip: page.skip, path })
  const total = path === null ? await countCommits(git, from) : page.skip + commits.length
  return {
    status: 200,
    body: commits.map((commit) => commitJson(model, repository, commit)),
    headers: links(request, page, total),
  }
}

async function getCommit(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  await refuseEmpty(request)
  const git = model.git(repository)
  const oid = await resolveCommit(git, param('ref'))
  const commit = oid === null ? null : await git.commit(oid)
  if (commit === null) throw new ApiError(422, `No commit found for SHA: ${param('ref')}`)
  const accept = request.header('accept') ?? ''
  if (/\bsha\b/.test(accept)) return plain(commit.oid, 'application/vnd.github.sha')
  const [parent = null] = commit.parents
  if (/\bdiff\b/.test(accept)) {
    return plain(await diffText(git, parent, commit.oid), 'application/vnd.github.diff')
  }
  const files = await diffFiles(git, parent, commit.oid)
  const additions = files.reduce((sum, file) => sum + file.additions, 0)
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
  return json({
    ...commitJson(model, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.slice(0, COMPARE_FILES).map((file) => fileJson(model, repository, commit.oid, file)),
  })
}

async function listPullsOfCommit(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  const git = model.git(repository)
  const oid = await resolveCommit(git, param('sha'))
  if (oid === null) throw new ApiError(422, `No commit found for SHA: ${param('sha')}`)
  const pulls = pullsOf(model, repository)
  const brought: typeof pulls = []
  for (const pull of pulls) {
    if (pull.mergeCommitOid === oid || pull.headOid === oid) {
      brought.push(pull)
      continue
    }
    const commits = await history(git, pull.headOid, { limit: COMPARE_COMMITS, not: [pull.baseOid] })
    if (commits.some((commit) => commit.oid === oid)) brought.push(pull)
  }
  return paginate(request, brought, (pull) => pullJson(model, repository, pull))
}

async function compare(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  const git = model.git(repository)
  const [baseName = '', headName = ''] = param('basehead').split('...')
  const base = await resolveEnd(request, baseName)
  const head = await resolveEnd(request, headName)
  const { mergeBase, ahead, behind } = await aheadBehind(git, base, head)
  const [baseCommit, common] = await Promise.all([
    git.commit(base),
    mergeBase === null ? null : git.commit(mergeBase),
  ])
  if (common === null || baseCommit === null) {
    throw new ApiError(404, `No common ancestor between ${baseName} and ${headName}.`)
  }
  if (/\bdiff\b/.test(request.header('accept') ?? '')) {
    return plain(await diffText(git, common.oid, head), 'application/vnd.github.diff')
  }
  const paged = request.query('page') !== undefined || request.query('per_page') !== undefined
  const page = readPage(request, COMPARE_COMMITS, COMPARE_COMMITS)
  const skip = paged ? Math.max(0, ahead - page.skip - page.perPage) : 0
  const limit = paged ? Math.max(0, Math.min(page.perPage, ahead - page.skip)) : COMPARE_COMMITS
  const commits = limit === 0 ? [] : await history(git, head, { limit, skip, not: [base] })
  const files = page.page === 1 ? await diffFiles(git, common.oid, head) : []
  const html = model.urls.repository(repository)
  const range = `${encodeURIComponent(baseName)}...${encodeURIComponent(headName)}`
  return {
    status: 200,
    headers: paged ? links(request, page, ahead) : {},
    body: {
      url: model.urls.repositoryApi(repository, `/compare/${range}`),
      html_url: `${html}/compare/${range}`,
      permalink_url: `${html}/compare/${repository.owner}:${base.slice(0, 7)}...${repository.owner}:${head.slice(0, 7)}`,
      diff_url: `${html}/compare/${range}.diff`,
      patch_url: `${html}/compare/${range}.patch`,
      base_commit: commitJson(model, repository, baseCommit),
      merge_base_commit: commitJson(model, repository, common),
      status: compareStatus(ahead, behind),
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: commits.reverse().map((commit) => commitJson(model, repository, commit)),
      files: files.slice(0, COMPARE_FILES).map((file) => fileJson(model, repository, head, file)),
    },
  }
}

async function resolveEnd(request: RepositoryRequest, name: string): Promise<Oid> {
  const { model, repository } = request
  const own = name.replace(new RegExp(`^${repository.owner}:`, 'i'), '')
  const oid = own === '' ? null : await resolveCommit(model.git(repository), own)
  if (oid === null) throw new ApiError(404, 'Not Found')
  return oid
}

function compareStatus(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind'
  return behind === 0 ? 'ahead' : 'diverged'
}

function plain(text: string, type: string): Reply {
  return { status: 200, body: text, headers: { 'content-type': `${type}; charset=utf-8` } }
}
