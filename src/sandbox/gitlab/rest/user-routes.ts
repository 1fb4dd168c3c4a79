import { accountById, findAccount } from '../../model/access.ts'
import { ensureAccount } from '../../model/repositories.ts'
import { newToken, saveToken, type TokenFacts } from '../auth.ts'
import { ownUserJson, userJson } from '../json/user.ts'
import { optionalText, optionalTexts, requireText } from './input.ts'
import { paginate } from './page.ts'
import { badParameter, forbidden, json, notFound, type Reply } from './reply.ts'
import type { KnownRequest, Router } from './router.ts'

/** The instance's version that the answers are those of. */
const VERSION = { version: '18.8.0-ee', revision: '4e61e8b5a2c', enterprise: true }

/** Users and their tokens, and the instance. https://docs.gitlab.com/api/users/ */
export function addUserRoutes({ route }: Router): void {
  const kas = { enabled: false, externalUrl: null, externalK8sProxyUrl: null, version: null }
  route('get', '/version', () => json({ ...VERSION, kas }))
  route('get', '/metadata', () => json({ ...VERSION, kas }))
  route('get', '/user', ({ model, actor }) => json(ownUserJson(model, actor.account)))
  route('get', '/users', listUsers)
  route('get', '/users/:user', ({ model, number }) => {
    const account = model.tables.accounts.get(number('user'))
    if (account === undefined || account.type === 'Organization') throw notFound('User')
    return json({ ...userJson(model, account), bot: account.type === 'Bot' })
  })
  route('post', '/users', createUser)
  route('post', '/users/:user/block', (request) => setBlocked(request, true))
  route('post', '/users/:user/unblock', (request) => setBlocked(request, false))
  route('post', '/users/:user/personal_access_tokens', createUserToken)
  route('get', '/personal_access_tokens/self', ({ token }) => {
    if (token === null) throw notFound()
    return json(tokenJson(token))
  })
}

export function tokenJson(token: TokenFacts): Record<string, unknown> {
  return {
    id: token.id,
    name: token.name,
    revoked: token.revoked,
    created_at: token.createdAt,
    description: null,
    scopes: token.scopes,
    user_id: token.accountId,
    last_used_at: null,
    active: !token.revoked,
    expires_at: token.expiresAt,
  }
}

function listUsers(request: KnownRequest): Promise<Reply> {
  const { model, params } = request
  const name = optionalText(params, 'username')?.toLowerCase()
  const search = optionalText(params, 'search')?.toLowerCase()
  const users = model.tables.accounts
    .all()
    .filter(({ type }) => type !== 'Organization')
    .filter(({ login }) => name === undefined || login.toLowerCase() === name)
    .filter(({ login }) => search === undefined || login.toLowerCase().includes(search))
  return paginate(request, users.reverse(), (account) => userJson(model, account))
}

function createUser({ model, actor, params }: KnownRequest): Reply {
  if (actor.account.id !== model.you.id) throw forbidden()
  const username = requireText(params, 'username')
  if (findAccount(model, username) !== null) throw badParameter('Username has already been taken')
  return json(ownUserJson(model, ensureAccount(model, username)), 201)
}

function setBlocked({ model, actor, number }: KnownRequest, blocked: boolean): Reply {
  if (actor.account.id !== model.you.id) throw forbidden()
  const account = model.tables.accounts.get(number('user'))
  if (account === undefined) throw notFound('User')
  model.save(['accounts', { ...account, blocked }])
  return json(true, 201)
}

function createUserToken({ model, actor, params, number }: KnownRequest): Reply {
  if (actor.account.id !== model.you.id) throw forbidden()
  const account = model.tables.accounts.get(number('user'))
  if (account === undefined) throw notFound('User')
  const token = newToken()
  const facts = saveToken(model, accountById(model, account.id), token, {
    name: requireText(params, 'name'),
    scopes: optionalTexts(params, 'scopes') ?? [],
    expiresAt: optionalText(params, 'expires_at') ?? null,
  })
  return json({ ...tokenJson(facts), token }, 201)
}
