import type { AccessLevel, Member } from '../../model/gitlab-types.ts'
import type { Model } from '../../model/model.ts'
import { Refusal } from '../../model/refusal.ts'
import { createRepository, ensureAccount, updateRepository } from '../../model/repositories.ts'
import type { Account, Repository } from '../../model/types.ts'

/** The account of a group, by its full path in whatever case; null when there is none. */
export function groupPath(model: Model, path: string): Account | null {
  const account = model.tables.accounts.by(path.toLowerCase())[0]
  return account?.type === 'Organization' ? account : null
}

/** The group at this path, with every group above it; made where there is none. */
export function ensureGroup(model: Model, path: string): Account {
  const parts = path.split('/')
  for (let length = 1; length < parts.length; length += 1) {
    ensureAccount(model, parts.slice(0, length).join('/'), 'Organization')
  }
  return ensureAccount(model, path, 'Organization')
}

/**
 * Makes an empty project; groups of its path that do not exist are made.
 * @param path such as `acme/platform/web`
 * @throws Refusal `exists`
 */
export async function createProject(
  model: Model,
  path: string,
  wish: { private?: boolean; defaultBranch?: string; description?: string | null } = {},
): Promise<Repository> {
  const slash = path.lastIndexOf('/')
  const owner = path.slice(0, slash)
  const user = model.tables.accounts.by(owner.toLowerCase())[0]?.type === 'User'
  if (slash < 1) throw new Refusal('invalid', 'A project has a namespace.')
  if (!user) ensureGroup(model, owner)
  return await createRepository(model, { owner, name: path.slice(slash + 1), private: true, ...wish })
}

/**
 * Gives a project another path, in the same namespace or another one. Its old path leads to the new one.
 * @throws Refusal `exists`
 */
export async function moveProject(model: Model, project: Repository, path: string): Promise<Repository> {
  const slash = path.lastIndexOf('/')
  if (model.tables.repositories.by(path.toLowerCase())[0] !== undefined) {
    throw new Refusal('exists', 'Path has already been taken')
  }
  const owner = ensureGroup(model, path.slice(0, slash))
  const formerPaths = [...(project.formerPaths ?? []), `${project.owner}/${project.name}`.toLowerCase()]
  const row = { ...project, ownerId: owner.id, owner: owner.login, formerPaths }
  model.save(['repositories', row])
  return await updateRepository(model, { ...row }, { name: path.slice(slash + 1), formerPaths })
}

/** Gives somebody an access level in a group or project; null takes it away. */
export function setMember(
  model: Model,
  source: { id: number },
  login: string,
  level: AccessLevel | null,
  expiresAt: string | null = null,
): Member | null {
  const account = ensureAccount(model, login)
  const known = model.tables.members.by(source.id).find(({ accountId }) => accountId === account.id)
  if (level === null) {
    if (known !== undefined) model.save(['members', known.id, null])
    return null
  }
  const member: Member = {
    id: known?.id ?? model.nextId(),
    sourceId: source.id,
    accountId: account.id,
    level,
    createdAt: known?.createdAt ?? model.now(),
    expiresAt,
  }
  model.save(['members', member])
  return member
}

/** The ids of a group and the groups above it, nearest first. */
export function groupLine(model: Model, path: string): number[] {
  const parts = path.split('/')
  return parts
    .map((_, index) => groupPath(model, parts.slice(0, index + 1).join('/'))?.id)
    .filter((id) => id !== undefined)
    .reverse()
}

/** Members with those of the groups above, each with the highest level. */
export function allMembers(model: Model, sources: readonly number[]): Member[] {
  const highest = new Map<number, Member>()
  for (const member of sources.flatMap((source) => model.tables.members.by(source))) {
    const known = highest.get(member.accountId)
    if (known === undefined || known.level < member.level) highest.set(member.accountId, member)
  }
  return [...highest.values()]
}
