import { type Oid, ZERO_OID } from '../../../domain/commit.ts'
import type { GitRepository } from '../../git/git-repository.ts'
import { entryAt, history, resolveCommit } from '../../git/walk.ts'
import { changeTree, writeCommit } from '../../git/write.ts'
import { pushRefusal } from '../../model/protection.ts'
import { changeRefsLocked, isRefName } from '../../model/refs.ts'
import { accountSignature } from '../../model/signatures.ts'
import { wholeCommitJson } from './commit-routes.ts'
import { optionalBoolean, optionalText, type Params, requireText } from './input.ts'
import { badParameter, json, type Reply, refuse } from './reply.ts'
import type { ProjectRequest, Router } from './router.ts'

const ACTIONS = ['create', 'update', 'delete', 'move', 'chmod']

/**
 * Branch, commit and files in one request.
 * https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions
 */
export function addCommitCreateRoute({ project }: Router): void {
  project('post', '/repository/commits', 30, createCommit)
}

async function createCommit(request: ProjectRequest): Promise<Reply> {
  const { model, project, actor, params } = request
  const branch = requireText(params, 'branch')
  const message = requireText(params, 'commit_message')
  const actions = readActions(params)
  const git = model.git(project)
  const ref = `refs/heads/${branch}`
  if (!isRefName(ref)) throw refuse(400, `Invalid branch name '${branch}'`)
  const oid = await model.locked(project, async () => {
    const current = await git.ref(ref)
    const start = await startOf(request, branch, current?.oid ?? null)
    if (pushRefusal(model, actor, project, branch, start ?? ZERO_OID) !== null) {
      throw refuse(403, '403 Forbidden - You are not allowed to push into this branch')
    }
    const base = start === null ? null : await git.commit(start)
    const at = new Date()
    const own = accountSignature(actor.account, at)
    const name = optionalText(params, 'author_name')
    const email = optionalText(params, 'author_email')
    const after = await writeCommit(git, {
      tree: await applyActions(git, start, base?.tree ?? null, actions),
      parents: base === null ? [] : [base.oid],
      author: { ...own, name: name ?? own.name, email: email ?? own.email },
      committer: own,
      message,
    })
    const force = optionalBoolean(params, 'force') === true
    const wish = { ref, before: current?.oid ?? ZERO_OID, after, force }
    await changeRefsLocked(model, project, actor, [wish], { unprotected: true })
    return after
  })
  const commit = await git.commit(oid)
  const stats = optionalBoolean(params, 'stats') ?? true
  return json(commit === null ? {} : await wholeCommitJson(request, commit, stats), 201)
}

/** The commit to build on; null = the repository is empty. */
async function startOf(
  { model, project, params }: ProjectRequest,
  branch: string,
  current: Oid | null,
): Promise<Oid | null> {
  const git = model.git(project)
  const startBranch = optionalText(params, 'start_branch')
  const startSha = optionalText(params, 'start_sha')
  const force = optionalBoolean(params, 'force') === true
  if (startBranch !== undefined && startSha !== undefined) {
    throw badParameter('start_branch, start_sha are mutually exclusive')
  }
  if (startBranch === undefined && startSha === undefined) {
    if (current !== null) return current
    if ((await git.refs()).size === 0) return null
    throw refuse(400, 'You can only create or edit files when you are on a branch')
  }
  const same = startBranch === branch
  if (current !== null && !force && !same) {
    throw refuse(
      400,
      `A branch called '${branch}' already exists. Switch to that branch in order to make changes`,
    )
  }
  if (startSha !== undefined) {
    if (!/^[0-9a-f]{40}$/.test(startSha)) throw refuse(400, `Invalid start_sha '${startSha}'`)
    if ((await git.commit(startSha)) === null) throw refuse(400, `Cannot find start_sha '${startSha}'`)
    return startSha
  }
  const found = await git.ref(`refs/heads/${startBranch}`)
  if (found === null) throw refuse(400, 'You can only create or edit files when you are on a branch')
  return found.oid
}

interface FileAction {
  action: string
  path: string
  previousPath: string | undefined
  content: Buffer | undefined
  lastCommitId: string | undefined
  executable: boolean | undefined
}

function readActions(params: Params): FileAction[] {
  const list = params.actions
  if (list === undefined || list === null) throw badParameter('actions is missing')
  if (!Array.isArray(list)) throw badParameter('actions is invalid')
  return list.map((item): FileAction => {
    if (typeof item !== 'object' || item === null) throw badParameter('actions is invalid')
    const each: Params = { ...item }
    const action = optionalText(each, 'action')
    if (action === undefined) throw badParameter('actions[0][action] is missing')
    if (!ACTIONS.includes(action)) throw badParameter('actions[0][action] does not have a valid value')
    const path = optionalText(each, 'file_path')
    if (path === undefined || path === '') throw badParameter('actions[0][file_path] is missing')
    const previousPath = optionalText(each, 'previous_path')
    if (action === 'move' && previousPath === undefined) {
      throw badParameter('actions[0][previous_path] is missing')
    }
    const text = optionalText(each, 'content')
    if (action === 'create' && text === undefined) throw badParameter('actions[0][content] is missing')
    if (action === 'update' && text === undefined) throw badParameter('actions[0][content] is missing')
    const encoding = optionalText(each, 'encoding') === 'base64' ? 'base64' : 'utf8'
    return {
      action,
      path,
      previousPath,
      content: text === undefined ? undefined : Buffer.from(text, encoding),
      lastCommitId: optionalText(each, 'last_commit_id'),
      executable: optionalBoolean(each, 'execute_filemode'),
    }
  })
}

/** The tree after all actions, one by one. @throws ApiError 400 in GitLab's words */
async function applyActions(
  git: GitRepository,
  start: Oid | null,
  base: Oid | null,
  actions: readonly FileAction[],
): Promise<Oid> {
  let tree = await changeTree(git, base, [])
  const find = async (path: string) => {
    checkPath(path)
    return await entryAt(git, tree, path)
  }
  for (const each of actions) {
    const { action, path } = each
    const target = await find(path)
    if (action === 'create' || action === 'move') {
      if (target?.type === 'tree') throw refuse(400, 'A directory with this name already exists')
      if (target !== null) throw refuse(400, 'A file with this name already exists')
    }
    const source = action === 'move' ? await find(each.previousPath ?? '') : target
    if (action !== 'create' && source?.type !== 'blob') {
      throw refuse(400, "A file with this name doesn't exist")
    }
    if (action !== 'create' && start !== null) await checkLastCommit(git, start, each)
    const written = each.content === undefined ? source?.oid : await git.writeBlob(each.content)
    const kept = source?.mode ?? '100644'
    const mode = action === 'chmod' ? (each.executable === true ? '100755' : '100644') : kept
    const changes = [
      ...(action === 'move' ? [{ path: each.previousPath ?? '', entry: null }] : []),
      { path, entry: action === 'delete' || written === undefined ? null : { mode, oid: written } },
    ]
    tree = await changeTree(git, tree, changes)
  }
  return tree
}

function checkPath(path: string): void {
  const parts = path.split('/')
  if (parts.includes('..')) throw refuse(400, 'Path cannot include directory traversal')
  if (path.startsWith('/') || parts.some((part) => part === '' || part === '.' || /^\.git$/i.test(part))) {
    throw refuse(400, `invalid path: '${path}'`)
  }
}

/**
 * `last_commit_id` is the only compare-and-swap that there is: the last commit of the file there must be the last one
 * of the file here.
 */
async function checkLastCommit(git: GitRepository, start: Oid, each: FileAction): Promise<void> {
  if (each.lastCommitId === undefined) return
  const path = each.previousPath ?? each.path
  const given = await resolveCommit(git, each.lastCommitId)
  const [last] = await history(git, start, { limit: 1, path })
  const [expected] = given === null ? [] : await history(git, given, { limit: 1, path })
  if (last !== undefined && expected !== undefined && last.oid !== expected.oid) {
    throw refuse(400, `The file has changed since you started editing it: ${each.path}`)
  }
}
