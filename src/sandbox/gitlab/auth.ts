import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Auth } from '../auth.ts'
import { hashToken } from '../model/installations.ts'
import type { Model } from '../model/model.ts'
import { ensureAccount } from '../model/repositories.ts'
import type { Account, Actor, PersonToken } from '../model/types.ts'

/** Who asks, and with what. */
export interface Identity {
  actor: Actor
  /** The token as GitLab shows it; null for the anonymous. */
  token: TokenFacts | null
}

/** What `GET /personal_access_tokens/self` tells. */
export interface TokenFacts {
  id: number
  name: string
  scopes: string[]
  accountId: number
  revoked: boolean
  createdAt: string
  /** A day; null = for ever. */
  expiresAt: string | null
}

export type TokenProblem = 'unknown' | 'expired' | 'revoked' | 'blocked'

export interface GitLabAuth extends Auth {
  /** By `PRIVATE-TOKEN` or `Authorization: Bearer`. */
  identify(header: (name: string) => string | undefined): Identity | TokenProblem
  /** Makes a token of somebody's known; the account is made when there is none. */
  addToken(login: string, token: string, wish?: TokenWish): TokenFacts
}

export interface TokenWish {
  name?: string
  scopes?: string[]
  /** A day: `2027-01-31`. */
  expiresAt?: string | null
  /** The id of the group or project whose access token it is. */
  sourceId?: number | null
}

/**
 * Authentication as on GitLab: personal, project and group access tokens.
 * https://docs.gitlab.com/api/rest/authentication/
 * @param ownToken of the sandbox's own person, who may do everything
 */
export function createAuth(model: Model, ownToken: string): GitLabAuth {
  const own: TokenFacts = {
    id: 1,
    name: 'sandbox',
    scopes: ['api', 'read_repository', 'write_repository', 'sudo', 'admin_mode'],
    accountId: model.you.id,
    revoked: false,
    createdAt: model.you.createdAt,
    expiresAt: null,
  }

  function byToken(candidate: string): Identity | TokenProblem {
    if (equal(ownToken, candidate)) return { actor: { kind: 'person', account: model.you }, token: own }
    const row = model.tables.personTokens.by(hashToken(candidate))[0]
    const account = row === undefined ? undefined : model.tables.accounts.get(row.accountId)
    if (row === undefined || account === undefined) return 'unknown'
    const token = tokenFacts(row)
    if (account.blocked === true) return 'blocked'
    if (token.revoked) return 'revoked'
    if (token.expiresAt !== null && token.expiresAt <= model.now().slice(0, 10)) return 'expired'
    return { actor: { kind: 'person', account, scopes: token.scopes }, token }
  }

  return {
    identify: (header) => {
      const [scheme = '', bearer = ''] = (header('authorization') ?? '').split(' ')
      const value = header('private-token') ?? (scheme.toLowerCase() === 'bearer' ? bearer : undefined)
      return value === undefined ? { actor: { kind: 'anonymous' }, token: null } : byToken(value.trim())
    },
    actor: (authorization) => {
      if (!authorization) return { kind: 'anonymous' }
      const [scheme = '', value = ''] = authorization.split(' ')
      const basic = (): string => Buffer.from(value, 'base64').toString().split(':').slice(1).join(':')
      const found = byToken(scheme.toLowerCase() === 'basic' ? basic() : value)
      return typeof found === 'string' ? null : found.actor
    },
    addToken: (login, token, wish = {}) => saveToken(model, ensureAccount(model, login), token, wish),
  }
}

/** Keeps a token's hash; the same token again changes what it may do. */
export function saveToken(model: Model, account: Account, token: string, wish: TokenWish): TokenFacts {
  const hash = hashToken(token)
  const row: PersonToken = {
    id: model.tables.personTokens.by(hash)[0]?.id ?? model.nextId(),
    hash,
    accountId: account.id,
    gitlab: {
      name: wish.name ?? account.login,
      scopes: wish.scopes ?? ['api'],
      expiresAt: wish.expiresAt ?? null,
      revoked: false,
      createdAt: model.now(),
      sourceId: wish.sourceId ?? null,
    },
  }
  model.save(['personTokens', row])
  return tokenFacts(row)
}

export function tokenFacts({ id, accountId, gitlab }: PersonToken): TokenFacts {
  const { name = '', scopes = ['api'], revoked = false, createdAt = '', expiresAt = null } = gitlab ?? {}
  return { id, name, scopes, accountId, revoked, createdAt, expiresAt }
}

/** `glpat-…`, as GitLab makes them. */
export function newToken(): string {
  return `glpat-${randomBytes(20).toString('base64url').replaceAll('_', 'A')}`
}

function equal(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
