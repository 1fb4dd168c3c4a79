import { ZERO_OID } from '../../../domain/commit.ts'
import { encodeTag, type ObjectType, type Signature } from '../../git/objects.ts'
import { writeCommit } from '../../git/write.ts'
import { nodeId } from '../../model/ids.ts'
import { changeRefs } from '../../model/refs.ts'
import { accountSignature, committerSignature, signature } from '../../model/signatures.ts'
import { gitCommitJson, refJson, signatureJson, verificationJson } from '../json/git.ts'
import { refuseEmpty, wrapBase64 } from './git-input.ts'
import {
  type Body,
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

/** References, commits, blobs and tags. https://docs.github.com/en/rest/git */
export function addGitRoutes({ read, write }: Router): void {
  read('/git/ref/:ref{.+}', READ, getRef)
  read('/git/matching-refs/:ref{.*}', READ, matchingRefs)
  read('/git/refs', READ, matchingRefs)
  write('post', '/git/refs', WRITE, createRef)
  write('patch', '/git/refs/:ref{.+}', WRITE, updateRef)
  write('delete', '/git/refs/:ref{.+}', WRITE, deleteRef)
  read('/git/commits/:sha', READ, getCommit)
  write('post', '/git/commits', WRITE, createCommit)
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
  const committer =
    readSignature(body, 'committer', now) ??
    (byForge ? committerSignature(model, actor.account, now) : author)
  const oid = await writeCommit(git, { tree, parents, author, committer, message })
  const commit = await git.commit(oid)
  if (commit === null) throw new ApiError(500, 'Server Error')
  return json(gitCommitJson(model, repository, commit), 201)
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
