import type { GitRepository, TreeChange } from '../../git/git-repository.ts'
import { resolveCommit } from '../../git/walk.ts'
import { changeTree } from '../../git/write.ts'
import { isCleanPath, refuseEmpty } from './git-input.ts'
import { asObject, type Body, invalidRequest, optionalList, optionalText, requireText } from './input.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, Router, WriteRequest } from './router.ts'

const MODES = ['100644', '100755', '040000', '160000', '120000']
/** A recursive tree is cut here. */
const LARGEST_TREE = 100_000

/** Trees. https://docs.github.com/en/rest/git/trees */
export function addTreeRoutes({ read, write }: Router): void {
  read('/git/trees/:sha{.+}', [['contents', 'read']], getTree)
  write('post', '/git/trees', [['contents', 'write']], createTree)
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

async function readTreeItem(git: GitRepository, item: Body): Promise<TreeChange> {
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
