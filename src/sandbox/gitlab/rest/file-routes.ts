import { createHash } from 'node:crypto'
import type { Oid } from '../../../domain/commit.ts'
import type { TreeEntry } from '../../git/objects.ts'
import { entryAt, flatten, history, resolveCommit } from '../../git/walk.ts'
import { optionalBoolean, optionalText, requireText } from './input.ts'
import { paginate, paginateByKey, wantsKeyset } from './page.ts'
import { json, notFound, type Reply } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

/** Trees, files and blobs. https://docs.gitlab.com/api/repositories/ https://docs.gitlab.com/api/repository_files/ */
export function addFileRoutes({ project }: Router): void {
  project('get', '/repository/tree', 'code', listTree)
  project('get', '/repository/blobs/:sha', 'code', async (request) => {
    const { oid, bytes } = await findBlob(request)
    return json({ size: bytes.length, encoding: 'base64', content: bytes.toString('base64'), sha: oid })
  })
  project('get', '/repository/blobs/:sha/raw', 'code', async (request) =>
    rawReply((await findBlob(request)).bytes),
  )
  project('get', '/repository/files/:path/raw', 'code', async (request) => {
    const { bytes, headers } = await findFile(request, optionalText(request.params, 'ref') ?? 'HEAD')
    return { ...rawReply(bytes), headers: { ...rawReply(bytes).headers, ...headers } }
  })
  project('head', '/repository/files/:path', 'code', async (request) => {
    const { headers } = await findFile(request, requireText(request.params, 'ref'))
    return { status: 200, headers }
  })
  project('get', '/repository/files/:path', 'code', async (request) => {
    const { body, headers } = await findFile(request, requireText(request.params, 'ref'))
    return { status: 200, body, headers }
  })
}

function rawReply(bytes: Buffer): Reply {
  const headers = {
    'content-type': bytes.includes(0) ? 'application/octet-stream' : 'text/plain; charset=utf-8',
    'content-disposition': 'inline',
    'x-content-type-options': 'nosniff',
  }
  return { status: 200, body: bytes, headers }
}

async function findBlob({ model, project, param }: ProjectRequest): Promise<{ oid: Oid; bytes: Buffer }> {
  const oid = param('sha')
  const bytes = /^[0-9a-f]{40}$/.test(oid) ? await model.git(project).blob(oid) : null
  if (bytes === null) throw notFound('Blob')
  return { oid, bytes }
}

async function listTree(request: ProjectRequest): Promise<Reply> {
  const { model, project, params } = request
  const git = model.git(project)
  const path = (optionalText(params, 'path') ?? '').replace(/\/+$/, '')
  const at = await commitAt(request, optionalText(params, 'ref') ?? 'HEAD')
  const commit = at === null ? null : await git.commit(at)
  if (commit === null) {
    if ((await git.refs()).size === 0) throw notFound('Tree')
    throw notFound('Tree')
  }
  const root = await entryAt(git, commit.tree, path)
  if (root?.type !== 'tree') throw notFound('invalid revision or path')
  const prefix = path === '' ? '' : `${path}/`
  const entries = (
    optionalBoolean(params, 'recursive') === true
      ? (await flatten(git, root.oid, 1_000_000)).entries
      : ((await git.tree(root.oid)) ?? []).map((entry) => ({ ...entry, path: entry.name }))
  ).map((entry) => ({ ...entry, path: `${prefix}${entry.path}` }))
  const order = { tree: 0, blob: 1, commit: 2 }
  // GitLab shows directories first, then files, then submodules.
  entries.sort((a, b) => order[a.type] - order[b.type])
  const shape = ({ oid, name, type, path: where, mode }: TreeEntry & { path: string }): unknown => ({
    id: oid,
    name,
    type,
    path: where,
    mode,
  })
  if (!wantsKeyset(request)) return paginate(request, entries, shape)
  return paginateByKey(request, entries, ({ path: where }) => where, 'page_token', shape)
}

async function commitAt({ model, project }: ProjectRequest, ref: string): Promise<Oid | null> {
  return await resolveCommit(model.git(project), ref === 'HEAD' ? project.defaultBranch : ref)
}

interface FoundFile {
  bytes: Buffer
  body: Record<string, unknown>
  headers: Record<string, string>
}

async function findFile(request: ProjectRequest, ref: string): Promise<FoundFile> {
  const { model, project, param } = request
  const git = model.git(project)
  const path = param('path')
  const at = await commitAt(request, ref)
  const commit = at === null ? null : await git.commit(at)
  if (at === null || commit === null) throw notFound('Commit')
  const entry = await entryAt(git, commit.tree, path)
  const bytes = entry?.type === 'blob' ? await git.blob(entry.oid) : null
  if (entry === null || bytes === null) throw notFound('File')
  const [last] = await history(git, at, { limit: 1, path })
  const facts = {
    file_name: path.split('/').at(-1) ?? path,
    file_path: path,
    size: bytes.length,
    encoding: 'base64',
    content_sha256: createHash('sha256').update(bytes).digest('hex'),
    ref,
    blob_id: entry.oid,
    commit_id: at,
    last_commit_id: last?.oid ?? at,
    execute_filemode: entry.mode === '100755',
  }
  const headers = Object.entries(facts).map(([name, value]) => [
    `x-gitlab-${name.replaceAll('_', '-')}`,
    encodeURI(String(value)),
  ])
  return {
    bytes,
    body: { ...facts, content: bytes.toString('base64') },
    headers: Object.fromEntries(headers),
  }
}
