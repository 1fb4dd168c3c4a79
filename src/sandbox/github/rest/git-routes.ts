import { ZERO_OID } from '../../../domain/commit.ts'
import type { TreeChange } from '../../git/git-repository.ts'
import { encodeTag, type ObjectType, type Signature } from '../../git/objects.ts'
import { resolveCommit } from '../../git/walk.ts'
import { changeTree, writeCommit } from '../../git/write.ts'
import { nodeId } from '../../model/ids.ts'
import { changeRefs } from '../../model/refs.ts'
import { accountSignature, forgeSignature, signature } from '../../model/signatures.ts'
import { gitCommitJson, refJson, signatureJson, verificationJson } from '../json/git.ts'
import {
  asObject,
  type Body,
  invalidRequest,
  optionalBoolean,
  optionalList,
  optionalObject,
  optionalText,
  requireText,
} from './input.ts'
import { isFresh } from './lag.ts'
import { paginate } from './page.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const READ = [['contents', 'read']] as const
const WRITE = [['contents', 'write']] as const
const MODES = ['100644', '100755', '040000', '160000', '120000']
/** A recursive tree is cut here. */
const LARGEST_TREE = 100_000

/** The Git database API. https://docs.github.com/en/rest/git */
export function addGitRoutes({ read, write }: Router): void {
  read('/git/ref/:ref{.+}', READ, getRef)
  read('/git/matching-refs/:ref{.*}', READ, matchingRefs)
  read('/git/refs', READ, matchingRefs)
  write('post', '/git/refs', WRITE, createRef)
  write('patch', '/git/refs/:ref{.+}', WRITE, updateRef)
  write('delete', '/git/refs/:ref{.+}', WRITE, deleteRef)
  read('/git/commits/:sha', READ, getCommit)
  write('post', '/git/commits', WRITE, createCommit)
  read('/git/trees/:sha{.+}', READ, getTree)
  write('post', '/git/trees', WRITE, createTree)
  read('/git/blobs/:sha', READ, getBlob)
  write('post', '/git/blobs', WRITE, createBlob)
  read('/git/tags/:sha', READ, getTag)
  write('post', '/git/tags', WRITE, createTag)
}

async function getRef(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  await refuseEmpty(request)
  const name = `refs/${request.param('ref')}`
  const ref = await model.git(repository).ref(name)
  if (ref === null || isFresh(model, repository, name)) throw new ApiError(404, 'Not Found')
  return json(refJson(model, repository, ref))
}

async function matchingRefs(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  await refuseEmpty(request)
  const prefix = `refs/${request.param('ref')}`
  const refs = [...(await model.git(repository).refs()).values()]
  return paginate(
    request,
    refs.filter(({ name }) => name.startsWith(prefix)),
    (ref) => refJson(model, repository, ref),
  )
}

async function createRef(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const ref = requireText(body, 'ref')
  const after = requireText(body, 'sha')
  await refuseEmpty(request)
  if (!/^refs\/[^/]+\/./.test(ref)) {
    throw new ApiError(422, "Reference name must start with 'refs/' and contain at least two slashes.")
  }
  checkSha(after)
  await changeRefs(model, repository, actor, [{ ref, before: ZERO_OID, after }])
  const made = await model.git(repository).ref(ref)
  return json(made === null ? {} : refJson(model, repository, made), 201)
}

async function updateRef(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const ref = `refs/${request.param('ref')}`
  const after = requireText(body, 'sha')
  checkSha(after)
  if ((await model.git(repository).ref(ref)) === null) throw new ApiError(422, 'Reference does not exist')
  const force = optionalBoolean(body, 'force') ?? false
  await changeRefs(model, repository, actor, [{ ref, before: null, after, force }])
  const moved = await model.git(repository).ref(ref)
  return json(moved === null ? {} : refJson(model, repository, moved))
}

async function deleteRef({ model, repository, actor, param }: WriteRequest): Promise<Reply> {
  await changeRefs(model, repository, actor, [{ ref: `refs/${param('ref')}`, before: null, after: ZERO_OID }])
  return { status: 204 }
}

async function getCommit({ model, repository, param }: RepositoryRequest): Promise<Reply> {
  const commit = await model.git(repository).commit(param('sha'))
  if (commit === null) throw new ApiError(404, 'Not Found')
  return json(gitCommitJson(model, repository, commit))
}

async function createCommit(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const git = model.git(repository)
  const message = requireText(body, 'message')
  const tree = requireText(body, 'tree')
  if ((await git.tree(tree)) === null) throw new ApiError(422, 'Tree SHA does not exist')
  const parents = (optionalList(body, 'parents') ?? []).map(String)
  for (const parent of parents) {
    if ((await git.commit(parent)) === null) {
      throw new ApiError(422, 'Parent SHA does not exist or is not a commit object')
    }
  }
  const now = new Date()
  const givenAuthor = readSignature(body, 'author', now)
  const author = givenAuthor ?? accountSignature(actor.account, now)
  const byForge = givenAuthor === null && actor.kind === 'installation'
  const committer = readSignature(body, 'committer', now) ?? (byForge ? forgeSignature(now) : author)
  const oid = await writeCommit(git, { tree, parents, author, committer, message })
  const commit = await git.commit(oid)
  if (commit === null) throw new ApiError(500, 'Server Error')
  return json(gitCommitJson(model, repository, commit), 201)
}

async function getTree(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  await refuseEmpty(request)
  const git = model.git(repository)
  const commit = await resolveCommit(git, param('sha'))
  const oid = commit === null ? (await git.info(param('sha')))?.oid : (await git.commit(commit))?.tree
  if (oid === undefined || (await git.tree(oid)) === null) throw new ApiError(404, 'Not Found')
  const recursive = request.query('recursive') !== undefined
  const { stdout } = await git.run(['ls-tree', '-z', '-l', ...(recursive ? ['-r', '-t'] : []), oid])
  const lines = stdout.toString().split('\0').filter(Boolean)
  const limit = Math.min(LARGEST_TREE, model.faults.cutListingsAt ?? LARGEST_TREE)
  const api = model.urls.repositoryApi(repository)
  const tree = lines.slice(0, limit).map((line) => {
    const tab = line.indexOf('\t')
    const [mode = '', type = '', sha = '', size = ''] = line.slice(0, tab).split(/ +/)
    const kind = type === 'commit' ? null : `${api}/git/${type}s/${sha}`
    return {
      path: line.slice(tab + 1),
      mode,
      type,
      sha,
      ...(type === 'blob' ? { size: Number(size) } : {}),
      ...(kind === null ? {} : { url: kind }),
    }
  })
  return json({ sha: oid, url: `${api}/git/trees/${oid}`, tree, truncated: lines.length > limit })
}

async function createTree({ model, repository, body }: WriteRequest): Promise<Reply> {
  const git = model.git(repository)
  const baseTree = optionalText(body, 'base_tree')
  const base = baseTree === undefined ? null : ((await git.commit(baseTree))?.tree ?? baseTree)
  if (base !== null && (await git.tree(base)) === null) throw new ApiError(404, 'Not Found')
  const items = optionalList(body, 'tree')
  if (items === undefined) throw invalidRequest('"tree" wasn\'t supplied.')
  if (items.length === 0 && base === null) throw new ApiError(422, 'Invalid tree info')
  const changes: TreeChange[] = []
  for (const item of items) changes.push(await readTreeItem(git, asObject(item, 'tree')))
  if (base !== null) {
    for (const { path, entry } of changes) {
      if (entry === null && (await git.info(`${base}:${path}`)) === null) {
        throw new ApiError(422, 'GitRPC::BadObjectState')
      }
    }
  }
  const oid = await changeTree(git, base, changes)
  const api = model.urls.repositoryApi(repository)
  const tree = ((await git.tree(oid)) ?? []).map(({ name, mode, type, oid: sha }) => ({
    path: name,
    mode,
    type,
    sha,
    ...(type === 'commit' ? {} : { url: `${api}/git/${type}s/${sha}` }),
  }))
  return json({ sha: oid, url: `${api}/git/trees/${oid}`, tree, truncated: false }, 201)
}

async function readTreeItem(
  git: ReturnType<RepositoryRequest['model']['git']>,
  item: Body,
): Promise<TreeChange> {
  const path = requireText(item, 'path')
  if (!isCleanPath(path)) throw new ApiError(422, 'tree.path contains a malformed path component')
  if (item.sha === null) return { path, entry: null }
  const mode = optionalText(item, 'mode')
  if (mode === undefined || !MODES.includes(mode)) throw new ApiError(422, 'Must supply a valid tree.mode')
  const content = optionalText(item, 'content')
  const sha = optionalText(item, 'sha')
  if ((content === undefined) === (sha === undefined)) {
    throw new ApiError(422, 'Must supply either tree.sha or tree.content')
  }
  if (content !== undefined) return { path, entry: { mode, oid: await git.writeBlob(Buffer.from(content)) } }
  const oid = sha ?? ''
  const wanted = mode === '040000' ? 'tree' : mode === '160000' ? 'commit' : 'blob'
  if (wanted !== 'commit' && (await git.info(oid))?.type !== wanted) {
    throw new ApiError(422, `tree.sha ${oid} is not a valid ${wanted}`)
  }
  return { path, entry: { mode, oid } }
}

async function getBlob(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  const bytes = await model.git(repository).blob(param('sha'))
  if (bytes === null) throw new ApiError(404, 'Not Found')
  if (/\braw\b/.test(request.header('accept') ?? '')) {
    return { status: 200, body: bytes, headers: { 'content-type': 'application/vnd.github.raw' } }
  }
  return json({
    sha: param('sha'),
    node_id: nodeId('Blob', repository.id, param('sha')),
    size: bytes.length,
    url: model.urls.repositoryApi(repository, `/git/blobs/${param('sha')}`),
    content: wrapBase64(bytes),
    encoding: 'base64',
  })
}

async function createBlob({ model, repository, body }: WriteRequest): Promise<Reply> {
  const content = requireText(body, 'content')
  const encoding = optionalText(body, 'encoding') ?? 'utf-8'
  const sha = await model
    .git(repository)
    .writeBlob(Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8'))
  return json({ sha, url: model.urls.repositoryApi(repository, `/git/blobs/${sha}`) }, 201)
}

async function getTag({ model, repository, param }: RepositoryRequest): Promise<Reply> {
  const tag = await model.git(repository).tag(param('sha'))
  if (tag === null) throw new ApiError(404, 'Not Found')
  const api = model.urls.repositoryApi(repository)
  return json({
    node_id: nodeId('Tag', repository.id, tag.oid),
    sha: tag.oid,
    url: `${api}/git/tags/${tag.oid}`,
    tagger:
      tag.tagger === null ? { name: '', email: '', date: '1970-01-01T00:00:00Z' } : signatureJson(tag.tagger),
    object: { sha: tag.object, type: tag.type, url: `${api}/git/${tag.type}s/${tag.object}` },
    tag: tag.tag,
    message: tag.message,
    verification: verificationJson({ signature: null }),
  })
}

async function createTag(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body } = request
  const git = model.git(repository)
  const object = requireText(body, 'object')
  const type = requireText(body, 'type') as ObjectType
  if ((await git.info(object))?.type !== type) throw new ApiError(422, 'Object does not exist')
  const now = new Date()
  const tagger = readSignature(body, 'tagger', now) ?? accountSignature(actor.account, now)
  const bytes = encodeTag({
    object,
    type,
    tag: requireText(body, 'tag'),
    tagger,
    message: requireText(body, 'message'),
  })
  const sha = await git.writeObject('tag', bytes)
  const reply = await getTag({ ...request, param: () => sha })
  return { ...reply, status: 201 }
}

/** A path that git accepts in a tree: relative, without `.`, `..` and `.git` in any spelling. */
export function isCleanPath(path: string): boolean {
  return (
    path !== '' &&
    !path.includes('\0') &&
    path
      .split('/')
      .every((part) => part !== '' && part !== '.' && part !== '..' && !/^\.git[ .]*$|^git~1$/i.test(part))
  )
}

/** Base64 in lines of 60 characters, as GitHub gives contents. */
export function wrapBase64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{1,60}/g, '$&\n')
}

/** @throws ApiError 409 when the repository has no commit */
export async function refuseEmpty({ model, repository }: RepositoryRequest): Promise<void> {
  if ((await model.git(repository).refs()).size === 0) throw new ApiError(409, 'Git Repository is empty.')
}

function readSignature(body: Body, key: string, now: Date): Signature | null {
  const value = optionalObject(body, key)
  if (value === undefined) return null
  return signature(
    requireText(value, 'name'),
    requireText(value, 'email'),
    optionalText(value, 'date') ?? now,
  )
}

function checkSha(sha: string): void {
  if (!/^[0-9a-f]{40}$/.test(sha)) {
    throw new ApiError(422, 'The sha parameter must be exactly 40 characters and contain only [0-9a-f].')
  }
}
