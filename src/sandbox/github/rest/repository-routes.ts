import type { TreeEntry } from '../../git/objects.ts'
import { entryAt, resolveCommit } from '../../git/walk.ts'
import { findAccount, roleOf } from '../../model/access.ts'
import { commitOnBranch } from '../../model/commits.ts'
import { nodeId } from '../../model/ids.ts'
import { checksOf, protectionOf } from '../../model/protection.ts'
import { forkRepository } from '../../model/repositories.ts'
import { rulesetsOf } from '../../model/rulesets.ts'
import { accountJson } from '../json/account.ts'
import { commitJson, gitCommitJson } from '../json/git.ts'
import { fullRepositoryJson } from '../json/repository.ts'
import { isCleanPath, refuseEmpty, wrapBase64 } from './git-input.ts'
import { optionalText, requireText } from './input.ts'
import { isFresh } from './lag.ts'
import { paginate } from './page.ts'
import { protectionJson } from './protection-routes.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const READ = [['contents', 'read']] as const
const WRITE = [['contents', 'write']] as const
const METADATA = [['metadata', 'read']] as const
/** Files up to this size come with their content, in bytes. */
const LARGEST_CONTENT = 1024 * 1024

/** Repositories, contents, branches, tags. https://docs.github.com/en/rest/repos */
export function addRepositoryRoutes({ read, write }: Router): void {
  read('', METADATA, ({ model, repository, actor }) => json(fullRepositoryJson(model, repository, actor)))
  write('post', '/forks', READ, async ({ model, repository, actor }) => {
    const fork = await forkRepository(model, repository, actor.account.login)
    return json(fullRepositoryJson(model, fork, actor), 202)
  })
  read('/contents', READ, getContents)
  read('/contents/:path{.*}', READ, getContents)
  write('put', '/contents/:path{.+}', WRITE, putContents)
  write('delete', '/contents/:path{.+}', WRITE, putContents)
  read('/branches', READ, listBranches)
  read('/branches/:branch{.+}', READ, getBranch)
  read('/tags', READ, listTags)
  read('/collaborators/:login/permission', METADATA, getPermission)
}

async function getContents(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const git = model.git(repository)
  if ((await git.refs()).size === 0) throw new ApiError(404, 'This repository is empty.')
  const ref = request.query('ref') ?? repository.defaultBranch
  const oid = await resolveCommit(git, ref)
  const commit = oid === null ? null : await git.commit(oid)
  if (commit === null) throw new ApiError(404, `No commit found for the ref ${ref}`)
  const path = request.param('path').replace(/\/+$/, '')
  const entry = await entryAt(git, commit.tree, path)
  if (entry === null) throw new ApiError(404, 'Not Found')
  const raw = /\braw\b/.test(request.header('accept') ?? '')
  if (entry.type === 'tree') {
    const children = (await git.tree(entry.oid)) ?? []
    const sized = await Promise.all(
      children.map(async (child) => {
        const size = child.type === 'blob' ? ((await git.info(child.oid))?.size ?? 0) : 0
        const below = path === '' ? child.name : `${path}/${child.name}`
        return contentJson(request, below, ref, child, size)
      }),
    )
    return json(sized)
  }
  if (entry.type === 'commit') return json(contentJson(request, path, ref, entry, 0))
  const bytes = (await git.blob(entry.oid)) ?? Buffer.alloc(0)
  if (raw) return { status: 200, body: bytes, headers: { 'content-type': 'application/vnd.github.raw' } }
  const small = bytes.length <= LARGEST_CONTENT
  return json({
    ...contentJson(request, path, ref, entry, bytes.length),
    ...(entry.mode === '120000' ? { target: bytes.toString() } : {}),
    content: small ? wrapBase64(bytes) : '',
    encoding: small ? 'base64' : 'none',
  })
}

function contentJson(
  { model, repository }: RepositoryRequest,
  path: string,
  ref: string,
  entry: TreeEntry,
  size: number,
): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  const encoded = encodeURI(path)
  const self = `${api}/contents/${encoded}?ref=${encodeURIComponent(ref)}`
  const html = model.urls.repository(
    repository,
    `/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${encoded}`,
  )
  const git = entry.type === 'commit' ? null : `${api}/git/${entry.type}s/${entry.oid}`
  const types = { tree: 'dir', commit: 'submodule', blob: entry.mode === '120000' ? 'symlink' : 'file' }
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    sha: entry.oid,
    size,
    url: self,
    html_url: html,
    git_url: git,
    download_url: entry.type === 'blob' ? model.urls.repository(repository, `/raw/${ref}/${encoded}`) : null,
    type: types[entry.type],
    _links: { self, git, html },
  }
}

/** Creates, replaces or (as DELETE) removes one file in a commit of its own. */
async function putContents(request: WriteRequest): Promise<Reply> {
  const { model, repository, actor, body, param } = request
  const git = model.git(repository)
  const path = param('path')
  const content = optionalText(body, 'content')
  const branch = optionalText(body, 'branch') ?? repository.defaultBranch
  const message = requireText(body, 'message')
  if (!isCleanPath(path)) throw new ApiError(422, 'path contains a malformed path component')
  const head = await git.ref(`refs/heads/${branch}`)
  const commit = head === null ? null : await git.commit(head.oid)
  if (commit === null && (await git.refs()).size > 0) throw new ApiError(404, `Branch ${branch} not found`)
  const existing = commit === null ? null : await entryAt(git, commit.tree, path)
  const sha = optionalText(body, 'sha')
  if (existing !== null && sha === undefined) {
    throw new ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
  }
  if (existing !== null && sha !== existing.oid) throw new ApiError(409, `${path} does not match ${sha}`)
  const removing = content === undefined
  if (removing && existing === null) throw new ApiError(404, 'Not Found')
  const oid = removing ? null : await git.writeBlob(Buffer.from(content, 'base64'))
  const mode = existing?.mode ?? '100644'
  const made = await commitOnBranch(model, repository, actor, {
    branch,
    expectedHead: head?.oid ?? null,
    message,
    changes: [{ path, entry: oid === null ? null : { mode, oid } }],
    allowEmptyRepository: true,
  })
  const madeCommit = await git.commit(made)
  const entry = madeCommit === null ? null : await entryAt(git, madeCommit.tree, path)
  const size = entry === null ? 0 : ((await git.info(entry.oid))?.size ?? 0)
  return json(
    {
      content: entry === null ? null : contentJson(request, path, branch, entry, size),
      commit: madeCommit === null ? {} : gitCommitJson(model, repository, madeCommit),
    },
    existing === null ? 201 : 200,
  )
}

async function listBranches(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const onlyProtected = request.query('protected') === 'true'
  const refs = [...(await model.git(repository).refs()).values()]
  const branches = refs
    .filter(({ name }) => name.startsWith('refs/heads/'))
    .map(({ name, oid }) => ({ name: name.slice('refs/heads/'.length), oid }))
    .map(({ name, oid }) => ({
      name,
      commit: { sha: oid, url: model.urls.repositoryApi(repository, `/commits/${oid}`) },
      protected: protectionOf(model, repository, name) !== null,
    }))
    .filter((branch) => !onlyProtected || branch.protected)
  return paginate(request, branches, (branch) => branch)
}

async function getBranch(request: RepositoryRequest): Promise<Reply> {
  const { model, repository, param } = request
  await refuseEmpty(request)
  const name = param('branch')
  const ref = await model.git(repository).ref(`refs/heads/${name}`)
  const commit = ref === null ? null : await model.git(repository).commit(ref.oid)
  if (commit === null || isFresh(model, repository, `refs/heads/${name}`)) {
    throw new ApiError(404, 'Branch not found')
  }
  const protection = protectionOf(model, repository, name)
  const self = model.urls.repositoryApi(repository, `/branches/${name}`)
  return json({
    name,
    commit: commitJson(model, repository, commit),
    _links: { self, html: model.urls.repository(repository, `/tree/${name}`) },
    protected: protection !== null || rulesetsOf(model, repository, name).length > 0,
    protection: {
      enabled: protection !== null,
      required_status_checks: {
        enforcement_level: protection?.requiredChecks ? 'non_admins' : 'off',
        contexts: protection?.requiredChecks ?? [],
        checks:
          protection === null
            ? []
            : checksOf(protection).map(({ context, app }) => ({ context, app_id: app })),
      },
      ...(protection === null ? {} : protectionJson(model, repository, protection)),
    },
    protection_url: `${self}/protection`,
  })
}

async function listTags(request: RepositoryRequest): Promise<Reply> {
  const { model, repository } = request
  const api = model.urls.repositoryApi(repository)
  const refs = [...(await model.git(repository).refs()).values()].filter(({ name }) =>
    name.startsWith('refs/tags/'),
  )
  return paginate(request, refs.reverse(), ({ name: ref, commit }) => {
    const name = ref.slice('refs/tags/'.length)
    return {
      name,
      commit: { sha: commit, url: `${api}/commits/${commit}` },
      zipball_url: `${api}/zipball/${ref}`,
      tarball_url: `${api}/tarball/${ref}`,
      node_id: nodeId('Ref', repository.id, ref),
    }
  })
}

function getPermission({ model, repository, param }: RepositoryRequest): Reply {
  const account = findAccount(model, param('login'))
  if (account === null) throw new ApiError(404, `${param('login')} is not a user`)
  const role = roleOf(model, account, repository) ?? 'none'
  const permission = role === 'maintain' ? 'write' : role === 'triage' ? 'read' : role
  return json({ permission, role_name: role, user: accountJson(model, account) })
}
