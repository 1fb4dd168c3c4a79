import { randomBytes } from 'node:crypto'
import { findAccount, roleOf } from '../../model/access.ts'
import { hashToken } from '../../model/installations.ts'
import { ensureAccount, setRole } from '../../model/repositories.ts'
import type { Account, Role } from '../../model/types.ts'
import { accountJson, organizationJson } from '../json/account.ts'
import { optionalChoice, requireText } from './input.ts'
import { person } from './owner-routes.ts'
import { ApiError, json, type Reply } from './reply.ts'
import type { RepositoryRequest, RestRequest, Router } from './router.ts'

const ADMINISTRATION = [['administration', 'write']] as const
const ROLES = {
  pull: 'read',
  read: 'read',
  triage: 'triage',
  push: 'write',
  write: 'write',
  maintain: 'maintain',
  admin: 'admin',
} as const satisfies Record<string, Role>
/** First parts of addresses that are not owners. */
const RESERVED = ['api', 'apps', 'avatars', '-']

/**
 * Other people and organisations, so that outsiders, reviewers and forks can be tried: GitHub Enterprise
 * Server's administration, for which the sandbox's own person is the site administrator.
 * https://docs.github.com/en/enterprise-server/rest/enterprise-admin/users
 */
export function addPeopleRoutes({ route, read, write }: Router): void {
  route('post', '/admin/users', (request) => {
    const account = addAccount(request, 'User')
    return json(accountJson(request.model, account), 201)
  })
  route('post', '/admin/organizations', (request) => {
    const account = addAccount(request, 'Organization')
    return json(organizationJson(request.model, account), 201)
  })
  route('post', '/admin/users/:login/authorizations', impersonate)
  read('/collaborators/:login/permission', [['metadata', 'read']], readPermission)
  write('put', '/collaborators/:login', ADMINISTRATION, ({ model, repository, body, param }) => {
    if (findAccount(model, param('login')) === null) throw new ApiError(404, 'Not Found')
    const permission = optionalChoice(body, 'permission', Object.keys(ROLES) as (keyof typeof ROLES)[])
    setRole(model, repository, param('login'), ROLES[permission ?? 'push'])
    return { status: 204 }
  })
  write('delete', '/collaborators/:login', ADMINISTRATION, ({ model, repository, param }) => {
    setRole(model, repository, param('login'), null)
    return { status: 204 }
  })
}

/**
 * `permission` knows no other roles than these.
 * https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
const PERMISSIONS = {
  read: 'read',
  triage: 'read',
  write: 'write',
  maintain: 'write',
  admin: 'admin',
} as const

function readPermission({ model, repository, param }: RepositoryRequest): Reply {
  const account = findAccount(model, param('login'))
  if (account === null || account.type === 'Organization') throw new ApiError(404, 'Not Found')
  const role = roleOf(model, account, repository)
  const user = { ...accountJson(model, account), role_name: role ?? '' }
  return json({ permission: role === null ? 'none' : PERMISSIONS[role], role_name: role ?? '', user })
}

function addAccount(request: RestRequest, type: Account['type']): Account {
  const { model, body } = request
  siteAdministrator(request)
  const login = requireText(body, 'login')
  // another app, such as a CI: GitHub makes these elsewhere
  const slug = type === 'User' ? login.replace(/\[bot\]$/, '') : login
  const clean = /^[a-z\d](?:-?[a-z\d]){0,38}$/i.test(slug) && !RESERVED.includes(login.toLowerCase())
  if (!clean) throw invalidLogin('Login may only contain alphanumeric characters or single hyphens')
  if (findAccount(model, login) !== null) throw invalidLogin('Login is already taken')
  return ensureAccount(model, login, slug === login ? type : 'Bot')
}

/** A token that stands for a person, or for another app; also for git. */
function impersonate(request: RestRequest): Reply {
  const { model, param } = request
  siteAdministrator(request)
  const account = findAccount(model, param('login'))
  if (account === null || account.type === 'Organization') throw new ApiError(404, 'Not Found')
  const token = `gho_${randomBytes(18).toString('hex')}`
  const id = model.nextId()
  const now = model.now()
  const hash = hashToken(token)
  model.save(['personTokens', { id, hash, accountId: account.id }])
  const url = model.urls.api(`/authorizations/${id}`)
  const app = { name: 'GitHub Site Administrator', url: model.urls.html(), client_id: '0'.repeat(20) }
  const about = { created_at: now, updated_at: now, scopes: ['repo'], note: null, note_url: null }
  const last = { token_last_eight: token.slice(-8), hashed_token: hash, fingerprint: null }
  return json({ id, url, app, token, ...last, ...about }, 201)
}

function siteAdministrator(request: RestRequest): void {
  if (person(request).account.id !== request.model.you.id) throw new ApiError(404, 'Not Found')
}

function invalidLogin(message: string): ApiError {
  return new ApiError(422, 'Validation Failed', [
    { resource: 'User', code: 'custom', field: 'login', message },
  ])
}
