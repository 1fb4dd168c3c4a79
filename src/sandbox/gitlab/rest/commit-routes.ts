import type { Oid } from '../../../domain/commit.ts'
import { diffFiles } from '../../git/diff.ts'
import type { CommitObject } from '../../git/objects.ts'
import { history, isAncestor, mergeBase, resolveCommit } from '../../git/walk.ts'
import { pullCommits } from '../../model/pull-content.ts'
import { pullsOf } from '../../model/pulls.ts'
import { commitJson, diffJson } from '../json/commit.ts'
import { mergeRequestJson } from '../json/merge-request.ts'
import { pipelineJson } from '../json/pipeline.ts'
import { latestPipeline } from '../state/pipelines.ts'
import {
  optionalBoolean,
  optionalChoice,
  optionalText,
  optionalTexts,
  optionalTime,
  requireText,
} from './input.ts'
import { pageHeaders, paginate, readPage } from './page.ts'
import { badParameter, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Reading commits. https://docs.gitlab.com/api/commits/ https://docs.gitlab.com/api/repositories/ */
export function addCommitRoutes({ project }: Router): void {
  project('get', '/repository/commits', 'code', listCommits)
  project('get', '/repository/commits/:sha', 'code', async (request) => {
    const commit = await findCommit(request)
    return json(await wholeCommitJson(request, commit, optionalBoolean(request.params, 'stats') ?? true))
  })
  project('get', '/repository/commits/:sha/diff', 'code', async (request) => {
    const { oid, parents } = await findCommit(request)
    const files = await diffFiles(request.model.git(request.project), parents[0] ?? null, oid)
    const unidiff = optionalBoolean(request.params, 'unidiff') === true
    return paginate(request, files, (file) => diffJson(file, unidiff))
  })
  project('get', '/repository/commits/:sha/refs', 'code', listRefs)
  project('get', '/repository/commits/:sha/merge_requests', 'code', listMergeRequests)
  project('get', '/repository/merge_base', 'code', findMergeBase)
  project('get', '/repository/compare', 'code', compare)
}

/** The commit that the path names, by id, branch or tag. @throws ApiError 404 */
export async function findCommit({ model, project, param }: ProjectRequest): Promise<CommitObject> {
  const git = model.git(project)
  const oid = await resolveCommit(git, param('sha'))
  const commit = oid === null ? null : await git.commit(oid)
  if (commit === null) throw notFound('Commit')
  return commit
}

/** A commit with its size and pipeline, as it is shown alone. */
export async function wholeCommitJson(
  { model, project }: ProjectRequest,
  commit: CommitObject,
  stats: boolean,
): Promise<Record<string, unknown>> {
  const pipeline = latestPipeline(model, project, commit.oid)
  return {
    ...commitJson(model, project, commit, true),
    ...(stats ? { stats: await statsOf({ model, project }, commit) } : {}),
    status: pipeline?.status ?? null,
    project_id: project.id,
    last_pipeline: pipeline === null ? null : pipelineJson(model, project, pipeline),
  }
}

async function statsOf(
  { model, project }: Pick<ProjectRequest, 'model' | 'project'>,
  { oid, parents }: CommitObject,
): Promise<Record<string, number>> {
  const files = await diffFiles(model.git(project), parents[0] ?? null, oid, false)
  const additions = files.reduce((sum, file) => sum + file.additions, 0)
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
  return { additions, deletions, total: additions + deletions }
}

async function listCommits(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const git = model.git(project)
  const page = readPage(request)
  const name = optionalText(params, 'ref_name') ?? project.defaultBranch
  const all = optionalBoolean(params, 'all') === true
  // A range such as `v1..main` is a revision as well.
  const [exclude, include] = name.includes('..') ? name.split(/\.{2,3}/) : [undefined, name]
  const from = await resolveCommit(git, include ?? name)
  const not = exclude === undefined ? null : await resolveCommit(git, exclude)
  if ((await git.refs()).size === 0 && params.ref_name === undefined) return json([])
  if (from === null || (exclude !== undefined && not === null)) throw notFound('Ref')
  const since = optionalTime(params, 'since')
  const until = optionalTime(params, 'until')
  const path = optionalText(params, 'path')
  const author = optionalText(params, 'author')
  const { stdout } = await git.run([
    'rev-list',
    ...(optionalChoice(params, 'order', ['default', 'topo']) === 'topo' ? ['--topo-order'] : []),
    ...(optionalBoolean(params, 'first_parent') === true ? ['--first-parent'] : []),
    ...(since === undefined ? [] : [`--since=${new Date(since).toISOString()}`]),
    ...(until === undefined ? [] : [`--until=${new Date(until).toISOString()}`]),
    ...(author === undefined ? [] : [`--author=${author}`]),
    `--max-count=${page.perPage + 1}`,
    `--skip=${page.skip}`,
    ...(all ? ['--all'] : [from]),
    ...(not === null ? [] : [`^${not}`]),
    '--',
    ...(path ? [path] : []),
  ])
  const oids = stdout.toString().split('\n').filter(Boolean)
  const commits = await Promise.all(oids.slice(0, page.perPage).map((oid) => git.commit(oid)))
  const stats = optionalBoolean(params, 'with_stats') === true
  const trailers = optionalBoolean(params, 'trailers') === true
  const body = commits
    .filter((commit) => commit !== null)
    .map(async (commit) => ({
      ...commitJson(model, project, commit, trailers),
      ...(stats ? { stats: await statsOf(request, commit) } : {}),
    }))
  const more = oids.length > page.perPage
  return {
    status: 200,
    body: await Promise.all(body),
    headers: pageHeaders(request, page, { total: null, more }),
  }
}

async function listRefs(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const { oid } = await findCommit(request)
  const type = optionalChoice(params, 'type', ['branch', 'tag', 'all']) ?? 'all'
  const git = model.git(project)
  const found: { type: string; name: string }[] = []
  for (const { name, commit } of (await git.refs()).values()) {
    const kind = name.startsWith('refs/heads/') ? 'branch' : name.startsWith('refs/tags/') ? 'tag' : null
    if (kind === null || (type !== 'all' && type !== kind)) continue
    if (await isAncestor(git, oid, commit))
      found.push({ type: kind, name: name.split('/').slice(2).join('/') })
  }
  return paginate(request, found, (each) => each)
}

async function listMergeRequests(request: ProjectRequest): Promise<Reply> {
  const { model, project } = request
  const { oid } = await findCommit(request)
  const found = []
  for (const pull of pullsOf(model, project)) {
    const commits = await pullCommits(model, project, pull)
    if (pull.mergeCommitOid === oid || commits.some((commit) => commit.oid === oid)) found.push(pull)
  }
  return paginate(request, found, (pull) => mergeRequestJson(model, project, pull))
}

async function findMergeBase({ model, project, params }: ProjectRequest): Promise<Reply> {
  const refs = optionalTexts(params, 'refs')
  if (refs === undefined) throw badParameter('refs is missing')
  if (refs.length < 2) throw refuse(400, 'Provide at least 2 refs')
  const git = model.git(project)
  const oids: Oid[] = []
  for (const ref of refs) {
    const oid = await resolveCommit(git, ref)
    if (oid === null) throw refuse(400, `Could not find ref: ${ref}`)
    oids.push(oid)
  }
  let base: Oid | null = oids[0] ?? null
  for (const oid of oids.slice(1)) base = base === null ? null : await mergeBase(git, base, oid)
  const commit = base === null ? null : await git.commit(base)
  if (commit === null) throw notFound('Merge Base')
  return json(commitJson(model, project, commit))
}

async function compare({ model, project, params }: ProjectRequest): Promise<Reply> {
  const git = model.git(project)
  const from = requireText(params, 'from')
  const to = requireText(params, 'to')
  const [base, head] = [await resolveCommit(git, from), await resolveCommit(git, to)]
  if (base === null || head === null) throw notFound('Ref')
  const straight = optionalBoolean(params, 'straight') === true
  const fork = straight ? base : await mergeBase(git, base, head)
  const commits = await history(git, head, { limit: 1_000, not: [base], reverse: true })
  const files = await diffFiles(git, fork, head)
  const limit = model.faults.cutListingsAt ?? 1_000
  const last = commits.at(-1)
  const unidiff = optionalBoolean(params, 'unidiff') === true
  return json({
    commit: last === undefined ? null : commitJson(model, project, last),
    commits: commits.map((commit) => commitJson(model, project, commit)),
    diffs: files.slice(0, limit).map((file) => diffJson(file, unidiff)),
    compare_timeout: files.length > limit,
    compare_same_ref: base === head,
    web_url: model.urls.repository(project, `/compare/${from}${straight ? '..' : '...'}${to}`),
  })
}
