import { ZERO_OID } from '../../../domain/commit.ts'
import type { RefValue } from '../../git/git-repository.ts'
import { encodeTag } from '../../git/objects.ts'
import { isAncestor, resolveCommit } from '../../git/walk.ts'
import { levelOf, protectionOf } from '../../model/protection.ts'
import { changeRefs, isRefName } from '../../model/refs.ts'
import { accountSignature } from '../../model/signatures.ts'
import { commitJson } from '../json/commit.ts'
import { optionalChoice, optionalText, requireText } from './input.ts'
import { paginate, paginateByKey, wantsKeyset } from './page.ts'
import { badParameter, json, notFound, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

const HEADS = 'refs/heads/'
const TAGS = 'refs/tags/'

/** Branches and tags. https://docs.gitlab.com/api/branches/ https://docs.gitlab.com/api/tags/ */
export function addBranchRoutes({ project }: Router): void {
  project('get', '/repository/branches', 'code', listBranches)
  project('post', '/repository/branches', 30, createBranch)
  project('get', '/repository/branches/:branch', 'code', async (request) => {
    const branch = await findBranch(request)
    return json(await branchJson(request, branch))
  })
  project('head', '/repository/branches/:branch', 'code', async (request) => {
    await findBranch(request)
    return { status: 204 }
  })
  project('delete', '/repository/branches/:branch', 30, deleteBranch)
  project('get', '/repository/tags', 'code', listTags)
  project('post', '/repository/tags', 30, createTag)
  project('get', '/repository/tags/:tag', 'code', async (request) => {
    const ref = await request.model.git(request.project).ref(`${TAGS}${request.param('tag')}`)
    if (ref === null) throw notFound('Tag')
    return json(await tagJson(request, ref))
  })
  project('delete', '/repository/tags/:tag', 30, async ({ model, project, actor, param }) => {
    const ref = `${TAGS}${param('tag')}`
    if ((await model.git(project).ref(ref)) === null) throw notFound('Tag')
    await changeRefs(model, project, actor, [{ ref, before: null, after: ZERO_OID }])
    return { status: 204 }
  })
}

async function listBranches(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const sort = optionalChoice(params, 'sort', ['name_asc', 'updated_asc', 'updated_desc']) ?? 'name_asc'
  const found = await refsUnder(request, HEADS)
  if (sort !== 'name_asc') {
    const times = new Map<string, number>()
    for (const { name, oid } of found) {
      times.set(name, (await model.git(project).commit(oid))?.committer.seconds ?? 0)
    }
    const sign = sort === 'updated_asc' ? 1 : -1
    found.sort((a, b) => sign * ((times.get(a.name) ?? 0) - (times.get(b.name) ?? 0)))
  }
  const shape = (ref: RefValue): Promise<unknown> => branchJson(request, ref)
  if (!wantsKeyset(request)) return paginate(request, found, shape)
  return paginateByKey(request, found, ({ name }) => name.slice(HEADS.length), 'page_token', shape)
}

/** References by `search` (`^` begins, `$` ends, else is inside) and `regex`. */
async function refsUnder({ model, project, params }: ProjectRequest, prefix: string): Promise<RefValue[]> {
  const search = optionalText(params, 'search')
  const pattern = optionalText(params, 'regex')
  let regex: RegExp | null = null
  try {
    regex = pattern === undefined ? null : new RegExp(pattern)
  } catch {
    throw badParameter('regex is an invalid regular expression')
  }
  return [...(await model.git(project).refs()).values()].filter(({ name: full }) => {
    if (!full.startsWith(prefix)) return false
    const name = full.slice(prefix.length)
    return (search === undefined || fits(name, search)) && (regex === null || regex.test(name))
  })
}

function fits(name: string, search: string): boolean {
  const word = search.replace(/^\^|\$$/g, '').toLowerCase()
  const lower = name.toLowerCase()
  if (search.startsWith('^') && search.endsWith('$')) return lower === word
  if (search.startsWith('^')) return lower.startsWith(word)
  return search.endsWith('$') ? lower.endsWith(word) : lower.includes(word)
}

async function findBranch({ model, project, param }: ProjectRequest): Promise<RefValue> {
  const ref = await model.git(project).ref(`${HEADS}${param('branch')}`)
  if (ref === null) throw notFound('Branch')
  return ref
}

async function branchJson(
  { model, project, actor }: ProjectRequest,
  { name: full, oid }: RefValue,
): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const name = full.slice(HEADS.length)
  const commit = await git.commit(oid)
  const main = await git.ref(`${HEADS}${project.defaultBranch}`)
  const protection = protectionOf(model, project, name)
  const { push, merge } = protection?.levels ?? { push: 30, merge: 30 }
  const level = levelOf(model, actor, project)
  return {
    name,
    commit: commit === null ? {} : commitJson(model, project, commit),
    merged: name !== project.defaultBranch && main !== null && (await isAncestor(git, oid, main.oid)),
    protected: protection !== null,
    developers_can_push: protection !== null && push === 30,
    developers_can_merge: protection !== null && merge === 30,
    can_push: push > 0 && level >= Math.max(30, push),
    default: name === project.defaultBranch,
    web_url: model.urls.repository(project, `/tree/${name}`),
  }
}

async function createBranch(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const branch = requireText(params, 'branch')
  const from = requireText(params, 'ref')
  const git = model.git(project)
  const ref = `${HEADS}${branch}`
  if (!isRefName(ref)) throw refuse(400, 'Branch name is invalid')
  if ((await git.ref(ref)) !== null) throw refuse(400, 'Branch already exists')
  const after = await resolveCommit(git, from)
  if (after === null) throw refuse(400, `Invalid reference name: ${from}`)
  await changeRefs(model, project, actor, [{ ref, before: ZERO_OID, after }])
  return json(await branchJson(request, { name: ref, oid: after, type: 'commit', commit: after }), 201)
}

async function deleteBranch(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor } = request
  const { name, oid } = await findBranch(request)
  const branch = name.slice(HEADS.length)
  if (branch === project.defaultBranch) throw refuse(405, 'Cannot remove HEAD branch')
  if (protectionOf(model, project, branch) !== null) throw refuse(405, 'You dont have push access to repo')
  await changeRefs(model, project, actor, [{ ref: name, before: oid, after: ZERO_OID }])
  return { status: 204 }
}

async function listTags(request: ProjectRequest): Promise<Reply> {
  const { params, model, project } = request
  const order = optionalChoice(params, 'order_by', ['name', 'updated', 'version']) ?? 'updated'
  const sign = optionalChoice(params, 'sort', ['asc', 'desc']) === 'asc' ? 1 : -1
  const found = await refsUnder(request, TAGS)
  const times = new Map<string, number>()
  for (const { name, commit } of found) {
    times.set(name, (await model.git(project).commit(commit))?.committer.seconds ?? 0)
  }
  const byName = (a: RefValue, b: RefValue): number =>
    a.name.localeCompare(b.name, 'en', { numeric: order === 'version' })
  found.sort((a, b) => {
    const time = order === 'updated' ? (times.get(a.name) ?? 0) - (times.get(b.name) ?? 0) : 0
    return sign * (time === 0 ? byName(a, b) : time)
  })
  const shape = (ref: RefValue): Promise<unknown> => tagJson(request, ref)
  if (!wantsKeyset(request)) return paginate(request, found, shape)
  return paginateByKey(request, found, ({ name }) => name.slice(TAGS.length), 'page_token', shape)
}

async function tagJson({ model, project }: ProjectRequest, ref: RefValue): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const tag = ref.type === 'tag' ? await git.tag(ref.oid) : null
  // a tag may name another tag
  const oid = await resolveCommit(git, ref.commit)
  const commit = oid === null ? null : await git.commit(oid)
  return {
    name: ref.name.slice(TAGS.length),
    message: tag?.message ?? '',
    target: ref.oid,
    commit: commit === null ? null : commitJson(model, project, commit),
    release: null,
    protected: false,
    created_at: tag?.tagger ? new Date(tag.tagger.seconds * 1000).toISOString() : null,
  }
}

async function createTag(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const name = requireText(params, 'tag_name')
  const target = requireText(params, 'ref')
  const message = optionalText(params, 'message')
  const git = model.git(project)
  const ref = `${TAGS}${name}`
  if (!isRefName(ref)) throw refuse(400, 'Tag name invalid')
  if ((await git.ref(ref)) !== null) throw refuse(400, `Tag ${name} already exists`)
  const commit = await resolveCommit(git, target)
  if (commit === null) throw refuse(400, `Target ${target} is invalid`)
  const tagger = accountSignature(actor.account, new Date())
  const after = message
    ? await git.writeObject('tag', encodeTag({ object: commit, type: 'commit', tag: name, tagger, message }))
    : commit
  await changeRefs(model, project, actor, [{ ref, before: ZERO_OID, after }])
  const made = await git.ref(ref)
  return json(made === null ? {} : await tagJson(request, made), 201)
}
