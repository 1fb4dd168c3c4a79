import { createHash, randomBytes } from 'node:crypto'
import type { Model } from './model.ts'
import { Refusal } from './refusal.ts'
import { ensureAccount } from './repositories.ts'
import type { Account, Actor, Installation, Permissions, Repository } from './types.ts'

const LEVELS = ['read', 'write', 'admin']

/** The installation on an account; null when the app is not installed there. */
export function installationOn(model: Model, account: Account): Installation | null {
  return model.tables.installations.by(account.id)[0] ?? null
}

/**
 * Installs the app on an owner, or changes the installation that is there. Webhooks tell about it.
 * @param wish what is not said comes from the app, or stays as it is
 */
export function install(
  model: Model,
  owner: string,
  wish: { repositories?: Repository[] | 'all'; permissions?: Permissions; events?: string[] } = {},
): Installation {
  const account = ensureAccount(model, owner, 'Organization')
  const before = installationOn(model, account)
  const wished = wish.repositories
  const now = model.now()
  const installation: Installation = {
    id: before?.id ?? model.nextId(),
    accountId: account.id,
    permissions: wish.permissions ?? before?.permissions ?? { ...model.app.permissions, metadata: 'read' },
    events: wish.events ?? before?.events ?? model.app.events,
    repositories: Array.isArray(wished)
      ? wished.map(({ id }) => id)
      : (wished ?? before?.repositories ?? 'all'),
    suspendedAt: before?.suspendedAt ?? null,
    createdAt: before?.createdAt ?? now,
    updatedAt: now,
  }
  model.save(['installations', installation])
  if (before === null) {
    model.emit({ type: 'installation', action: 'created', sender: model.you, installation })
  } else {
    announceDifference(model, before, installation)
  }
  return installation
}

/** Removes the app from an owner; its tokens stop working. */
export function uninstall(model: Model, owner: string): void {
  const installation = installationOn(model, ensureAccount(model, owner, 'Organization'))
  if (installation === null) return
  model.save(['installations', installation.id, null])
  model.emit({ type: 'installation', action: 'deleted', sender: model.you, installation })
}

/** Suspends the installation, or ends its suspension. */
export function suspend(model: Model, installation: Installation, suspended: boolean): Installation {
  const next = { ...installation, suspendedAt: suspended ? model.now() : null, updatedAt: model.now() }
  model.save(['installations', next])
  const action = suspended ? 'suspend' : 'unsuspend'
  model.emit({ type: 'installation', action, sender: model.you, installation: next })
  return next
}

/** The repositories of an installation, or of a token of it. */
export function repositoriesOf(
  model: Model,
  installation: Installation,
  only: number[] | null = null,
): Repository[] {
  return model.tables.repositories
    .all()
    .filter(
      ({ id, ownerId }) =>
        ownerId === installation.accountId &&
        (installation.repositories === 'all' || installation.repositories.includes(id)) &&
        (only === null || only.includes(id)),
    )
}

export interface IssuedToken {
  token: string
  expiresAt: string
  permissions: Permissions
  /** Null = all of the installation. */
  repositories: Repository[] | null
}

/**
 * Gives out an installation token for one hour.
 * @param wish narrower permissions and repositories; null = everything the installation has
 * @throws Refusal `invalid` when more is asked than the installation has; `forbidden` while it is suspended
 */
export function issueToken(
  model: Model,
  installation: Installation,
  wish: { permissions: Permissions | null; repositoryIds: number[] | null; repositoryNames: string[] | null },
): IssuedToken {
  if (installation.suspendedAt !== null) {
    throw new Refusal('forbidden', 'This installation has been suspended')
  }
  const permissions = wish.permissions ?? installation.permissions
  for (const [name, level] of Object.entries(permissions)) {
    const granted = installation.permissions[name]
    if (granted === undefined || LEVELS.indexOf(granted) < LEVELS.indexOf(level)) {
      throw new Refusal('invalid', 'The permissions requested are not granted to this installation.')
    }
  }
  const repositories = chosen(model, installation, wish.repositoryIds, wish.repositoryNames)
  const token = `ghs_${randomBytes(27).toString('base64url').replaceAll('-', 'A').replaceAll('_', 'B')}`
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const granted: Permissions = { metadata: 'read', ...permissions }
  model.save([
    'tokens',
    {
      id: model.nextId(),
      hash: hashToken(token),
      installationId: installation.id,
      permissions: granted,
      repositories: repositories?.map(({ id }) => id) ?? null,
      expiresAt,
    },
  ])
  return { token, expiresAt, permissions: granted, repositories }
}

/** Who an installation token stands for; null when it is unknown, expired, or its installation is gone. */
export function actorOfToken(model: Model, token: string): Actor | null {
  const row = model.tables.tokens.by(hashToken(token))[0]
  const installation = row === undefined ? undefined : model.tables.installations.get(row.installationId)
  if (row === undefined || installation === undefined || installation.suspendedAt !== null) return null
  if (new Date(row.expiresAt).getTime() <= Date.now()) {
    model.save(['tokens', row.id, null])
    return null
  }
  const { permissions, repositories } = row
  return { kind: 'installation', account: model.bot, installation, permissions, repositories }
}

/** Forgets tokens that have expired. */
export function forgetExpiredTokens(model: Model): void {
  const expired = model.tables.tokens
    .all()
    .filter(({ expiresAt }) => new Date(expiresAt).getTime() < Date.now())
  model.save(...expired.map(({ id }): ['tokens', number, null] => ['tokens', id, null]))
}

/** Makes a token invalid at once (`DELETE /installation/token`, and tests of expiry). */
export function revokeToken(model: Model, token: string): void {
  const row = model.tables.tokens.by(hashToken(token))[0]
  if (row !== undefined) model.save(['tokens', row.id, null])
}

function chosen(
  model: Model,
  installation: Installation,
  ids: number[] | null,
  names: string[] | null,
): Repository[] | null {
  if (ids === null && names === null) return null
  const all = repositoriesOf(model, installation)
  const found = [
    ...(ids ?? []).map((id) => all.find((repository) => repository.id === id)),
    ...(names ?? []).map((name) =>
      all.find((repository) => repository.name.toLowerCase() === name.toLowerCase()),
    ),
  ]
  const repositories = found.filter((repository) => repository !== undefined)
  if (repositories.length < found.length) {
    throw new Refusal(
      'invalid',
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  }
  return repositories
}

function announceDifference(model: Model, before: Installation, after: Installation): void {
  const ids = (installation: Installation): number[] =>
    repositoriesOf(model, installation).map(({ id }) => id)
  const had = ids(before)
  const has = ids(after)
  const rows = (wanted: number[]): Repository[] =>
    model.tables.repositories.all().filter(({ id }) => wanted.includes(id))
  const added = rows(has.filter((id) => !had.includes(id)))
  const removed = rows(had.filter((id) => !has.includes(id)))
  const common = { type: 'installation-repositories', sender: model.you, installation: after } as const
  if (added.length > 0) model.emit({ ...common, action: 'added', repositories: added })
  if (removed.length > 0) model.emit({ ...common, action: 'removed', repositories: removed })
  if (JSON.stringify(before.permissions) !== JSON.stringify(after.permissions)) {
    const action = 'new_permissions_accepted'
    model.emit({ type: 'installation', action, sender: model.you, installation: after })
  }
}

/** What is kept of a token. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
