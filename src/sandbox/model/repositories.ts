import { appendFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runGit } from '../git/run.ts'
import { findAccount, repositoryNow } from './access.ts'
import { type Model, repositoryDirectory } from './model.ts'
import { Refusal } from './refusal.ts'
import type { Account, Repository, Role } from './types.ts'

/** Settings of every bare repository: read by git itself, never by a person's configuration. */
const CONFIG = `
[http]
  receivepack = true
[receive]
  denyCurrentBranch = ignore
  autoGc = false
[uploadpack]
  allowAnySHA1InWant = true
  allowFilter = true
[gc]
  auto = 0
[core]
  fsync = none
  logAllRefUpdates = false
  hooksPath = /dev/null
`

/** The account with this login; made when there is none. `type` counts only then. */
export function ensureAccount(model: Model, login: string, type: Account['type'] = 'User'): Account {
  const existing = findAccount(model, login)
  if (existing !== null) return existing
  const id = model.nextId()
  const account: Account = {
    id,
    login,
    type,
    name: login,
    email: `${id}+${login}@${model.flavour.mail}`,
    createdAt: model.now(),
  }
  model.save(['accounts', account])
  return account
}

/**
 * Makes an empty repository; the owner becomes an organisation when it is new.
 * @throws Refusal `exists`
 */
export async function createRepository(
  model: Model,
  wish: {
    owner: string
    name: string
    private?: boolean
    defaultBranch?: string
    description?: string | null
    parentId?: number | null
  },
): Promise<Repository> {
  if (repositoryNow(model, wish.owner, wish.name) !== null) {
    throw taken()
  }
  const owner = ensureAccount(model, wish.owner, 'Organization')
  const now = model.now()
  const repository: Repository = {
    id: model.nextId(),
    ownerId: owner.id,
    owner: owner.login,
    name: wish.name,
    description: wish.description ?? null,
    private: wish.private ?? false,
    archived: false,
    defaultBranch: wish.defaultBranch ?? 'main',
    parentId: wish.parentId ?? null,
    collaborators: {},
    allowMergeCommit: true,
    allowSquashMerge: true,
    allowRebaseMerge: true,
    allowAutoMerge: false,
    deleteBranchOnMerge: false,
    nextNumber: 1,
    createdAt: now,
    updatedAt: now,
    pushedAt: now,
  }
  const directory = repositoryDirectory(model.dataDir, repository.id)
  await rm(directory, { recursive: true, force: true })
  await mkdir(directory, { recursive: true })
  const { searchPath } = model
  const made = await runGit(
    directory,
    ['init', '--quiet', '--bare', '--template=', `--initial-branch=${repository.defaultBranch}`, '.'],
    { searchPath },
  )
  if (made.code !== 0) throw new Error(`The repository cannot be made: ${made.stderr}`)
  const hidden = `[receive]\n  hideRefs = ${model.flavour.pullRefs.replace(/\/$/, '')}\n`
  await appendFile(join(directory, 'config'), CONFIG + hidden)
  if (repositoryNow(model, wish.owner, wish.name) !== null) {
    await rm(directory, { recursive: true, force: true })
    throw taken()
  }
  model.save(['repositories', repository])
  return repository
}

/** Copies a repository with all its branches and tags to another owner. */
export async function forkRepository(model: Model, source: Repository, owner: string): Promise<Repository> {
  const fork = await createRepository(model, {
    owner,
    name: source.name,
    private: source.private,
    defaultBranch: source.defaultBranch,
    parentId: source.id,
  })
  const from = repositoryDirectory(model.dataDir, source.id)
  await model
    .git(fork)
    .run(['fetch', '--quiet', from, '+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'])
  const refs = await model.git(fork).reloadRefs()
  model.save([
    'seenRefs',
    { id: fork.id, refs: Object.fromEntries([...refs.values()].map(({ name, oid }) => [name, oid])) },
  ])
  return fork
}

/** Changes settings: visibility, archived, merge methods, description, name. */
export async function updateRepository(
  model: Model,
  repository: Repository,
  change: Partial<
    Omit<Repository, 'id' | 'ownerId' | 'owner' | 'nextNumber' | 'createdAt' | 'collaborators'>
  >,
): Promise<Repository> {
  const before = fresh(model, repository)
  const updated = { ...before, ...change, updatedAt: model.now() }
  if (updated.name !== before.name) {
    const path = `${before.owner}/${before.name}`.toLowerCase()
    updated.formerPaths = [...(before.formerPaths ?? []), path]
  }
  if (change.defaultBranch !== undefined) {
    await model.git(repository).run(['symbolic-ref', 'HEAD', `refs/heads/${change.defaultBranch}`])
  }
  model.save(['repositories', updated])
  return updated
}

/** Gives a person a role; null takes it away. */
export function setRole(model: Model, repository: Repository, login: string, role: Role | null): void {
  const { [login]: _, ...others } = fresh(model, repository).collaborators
  const collaborators = role === null ? others : { ...others, [ensureAccount(model, login).login]: role }
  model.save(['repositories', { ...fresh(model, repository), collaborators }])
}

/** Removes a repository with everything in it. */
export async function deleteRepository(model: Model, repository: Repository): Promise<void> {
  model.git(repository).close()
  model.save(
    ...model.tables.pulls.by(repository.id).map(({ id }): ['pulls', number, null] => ['pulls', id, null]),
    ['seenRefs', repository.id, null],
    ['repositories', repository.id, null],
  )
  await rm(repositoryDirectory(model.dataDir, repository.id), { recursive: true, force: true })
}

function taken(): Refusal {
  const where = { resource: 'Repository', field: 'name' }
  return new Refusal('exists', 'name already exists on this account', where)
}

/** The row as it is now. */
export function fresh(model: Model, repository: Repository): Repository {
  return model.tables.repositories.get(repository.id) ?? repository
}

/** The directory of hooks that guards protected branches in pushes. */
export function hooksDirectory(dataDir: string): string {
  return join(dataDir, 'hooks')
}
