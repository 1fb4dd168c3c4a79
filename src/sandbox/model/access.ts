import type { Model } from './model.ts'
import { Refusal } from './refusal.ts'
import type { Account, Actor, Installation, KnownActor, PermissionLevel, Repository, Role } from './types.ts'

const LEVELS: readonly PermissionLevel[] = ['read', 'write', 'admin']
const ROLES: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin']
/** What people with read access may do though it writes: they take part in the discussion. */
const OPEN_TO_READERS = ['issues', 'pull_requests']

/** The repository by owner and name, now or before it was renamed, whatever the case; null when there is none. */
export function findRepository(model: Model, owner: string, name: string): Repository | null {
  const path = `${owner}/${name}`.toLowerCase()
  const renamed = (): Repository | undefined =>
    model.tables.repositories.all().find(({ formerPaths }) => formerPaths?.includes(path))
  return repositoryNow(model, owner, name) ?? renamed() ?? null
}

/** The repository that has this name now; null when there is none. */
export function repositoryNow(model: Model, owner: string, name: string): Repository | null {
  return model.tables.repositories.by(`${owner}/${name}`.toLowerCase())[0] ?? null
}

/** The account by login, whatever the case. */
export function findAccount(model: Model, login: string): Account | null {
  return model.tables.accounts.by(login.toLowerCase())[0] ?? null
}

/** The account by id; everything that was ever written has one. */
export function accountById(model: Model, id: number): Account {
  return model.tables.accounts.get(id) ?? model.you
}

/** The installation that covers the repository, suspended ones included; null when the app is not installed. */
export function installationOf(model: Model, repository: Repository): Installation | null {
  return (
    model.tables.installations
      .by(repository.ownerId)
      .find(({ repositories }) => repositories === 'all' || repositories.includes(repository.id)) ?? null
  )
}

/** A person's role: the sandbox's own person administrates everything, an owner what is theirs. */
export function roleOf(model: Model, account: Account, repository: Repository): Role | null {
  if (account.id === model.you.id || account.id === repository.ownerId) return 'admin'
  const level = memberLevel(model, account, repository)
  const role = ROLES.findLast((_, index) => level >= (index + 1) * 10)
  return role ?? repository.collaborators[account.login] ?? (repository.private ? null : 'read')
}

/** GitLab: the highest access level in the project, its group, and the groups above; 0 = no member. */
export function memberLevel(
  model: Model,
  account: Account,
  repository: Pick<Repository, 'id' | 'owner'>,
): number {
  const parts = repository.owner.split('/')
  const groups = parts.map((_, index) => findAccount(model, parts.slice(0, index + 1).join('/'))?.id ?? 0)
  const day = model.now().slice(0, 10)
  const levels = [repository.id, ...groups]
    .flatMap((source) => model.tables.members.by(source))
    .filter(({ accountId, expiresAt }) => accountId === account.id && (expiresAt === null || expiresAt > day))
    .map(({ level }) => level)
  return Math.max(0, ...levels)
}

/** True when an installation's token reaches the repository as one of its own. */
function covers(actor: Actor & { kind: 'installation' }, repository: Repository): boolean {
  const { installation, repositories } = actor
  return (
    installation.accountId === repository.ownerId &&
    (installation.repositories === 'all' || installation.repositories.includes(repository.id)) &&
    (repositories === null || repositories.includes(repository.id))
  )
}

/** True when the actor may know that the repository exists. Public repositories are seen by everybody. */
export function canSee(model: Model, actor: Actor, repository: Repository): boolean {
  if (!repository.private) return true
  if (actor.kind === 'person') return roleOf(model, actor.account, repository) !== null
  return actor.kind === 'installation' && covers(actor, repository)
}

/**
 * True when the actor has a permission by GitHub's name, such as `contents`, at a level.
 * `metadata` comes with every access. Public repositories may be read by everybody.
 */
export function can(
  model: Model,
  actor: Actor,
  repository: Repository,
  permission: string,
  level: PermissionLevel,
): boolean {
  if (!canSee(model, actor, repository)) return false
  if (level === 'read' && !repository.private) return actor.kind !== 'app'
  if (actor.kind === 'person') {
    const role = roleOf(model, actor.account, repository)
    const readersMay = OPEN_TO_READERS.includes(permission) && level === 'write'
    const needed: Role = level === 'admin' || permission === 'administration' ? 'admin' : level
    return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(readersMay ? 'read' : needed)
  }
  if (actor.kind !== 'installation' || !covers(actor, repository)) return false
  if (permission === 'metadata' && level === 'read') return true
  const granted = actor.permissions[permission]
  return granted !== undefined && LEVELS.indexOf(granted) >= LEVELS.indexOf(level)
}

/**
 * Throws unless the actor has one of the permissions: `not-found` when the repository is invisible to it,
 * else `forbidden` with GitHub's words.
 */
export function requireAccess(
  model: Model,
  actor: Actor,
  repository: Repository,
  ...anyOf: (readonly [permission: string, level: PermissionLevel])[]
): void {
  if (!canSee(model, actor, repository)) throw new Refusal('not-found', 'Not Found')
  if (!anyOf.some(([permission, level]) => can(model, actor, repository, permission, level))) {
    throw new Refusal('forbidden', forbiddenMessage(actor))
  }
  if (repository.archived && anyOf.every(([, level]) => level !== 'read')) {
    throw new Refusal('forbidden', 'Repository was archived so is read-only.')
  }
}

/** The actor, when it has an account; throws `forbidden` for the anonymous. */
export function known(actor: Actor): KnownActor {
  if (actor.kind === 'anonymous') throw new Refusal('forbidden', 'Requires authentication')
  return actor
}

function forbiddenMessage(actor: Actor): string {
  if (actor.kind === 'installation' || actor.kind === 'app') return 'Resource not accessible by integration'
  return actor.kind === 'anonymous' ? 'Requires authentication' : 'Must have push access to repository'
}
