import type { AccessLevel } from '../../model/gitlab-types.ts'
import { ensureAccount } from '../../model/repositories.ts'
import { newToken, saveToken, type TokenFacts, tokenFacts } from '../auth.ts'
import { setMember } from '../state/groups.ts'
import { groupRoute } from './group-routes.ts'
import { optionalInteger, optionalText, optionalTexts, requireText } from './input.ts'
import { badParameter, json, notFound, type Reply } from './reply.ts'
import type { KnownRequest, Method, Router } from './router.ts'
import { tokenJson } from './user-routes.ts'

type Source = { id: number; kind: 'project' | 'group' }

/**
 * Project and group access tokens: each has a bot user of its own.
 * https://docs.gitlab.com/api/project_access_tokens/ https://docs.gitlab.com/api/group_access_tokens/
 */
export function addTokenRoutes(router: Router): void {
  type Handler = (request: KnownRequest, source: Source) => Promise<Reply> | Reply
  const both = (method: Method, path: string, handler: Handler): void => {
    router.project(method, path, 40, (request) =>
      handler(request, { id: request.project.id, kind: 'project' }),
    )
    groupRoute(router, method, path, 50, (request) =>
      handler(request, { id: request.group.id, kind: 'group' }),
    )
  }
  both('get', '/access_tokens', (request, source) =>
    json(tokensOf(request, source).map((token) => accessTokenJson(request, source, token))),
  )
  both('post', '/access_tokens', create)
  both('delete', '/access_tokens/:token', (request, source) => {
    const row = request.model.tables.personTokens.get(request.number('token'))
    if (row?.gitlab === undefined || row.gitlab.sourceId !== source.id) throw notFound('Access Token')
    request.model.save(['personTokens', { ...row, gitlab: { ...row.gitlab, revoked: true } }])
    return { status: 204 }
  })
}

function tokensOf({ model }: KnownRequest, source: Source): TokenFacts[] {
  const rows = model.tables.personTokens.all().filter(({ gitlab }) => gitlab?.sourceId === source.id)
  return rows.map(tokenFacts)
}

function create(request: KnownRequest, source: Source): Reply {
  const { model, params } = request
  const name = requireText(params, 'name')
  const scopes = optionalTexts(params, 'scopes')
  if (scopes === undefined) throw badParameter('scopes is missing')
  const level = (optionalInteger(params, 'access_level') ?? 40) as AccessLevel
  const id = model.nextId()
  const bot = ensureAccount(model, `${source.kind}_${source.id}_bot_${id.toString(16)}`, 'Bot')
  model.save(['accounts', { ...bot, name }])
  setMember(model, source, bot.login, level)
  const token = newToken()
  const expiresAt = optionalText(params, 'expires_at') ?? null
  const facts = saveToken(model, bot, token, { name, scopes, expiresAt, sourceId: source.id })
  return json({ ...accessTokenJson(request, source, facts), token }, 201)
}

function accessTokenJson(
  { model }: KnownRequest,
  source: Source,
  token: TokenFacts,
): Record<string, unknown> {
  const member = model.tables.members.by(source.id).find(({ accountId }) => accountId === token.accountId)
  return {
    ...tokenJson(token),
    access_level: member?.level ?? 0,
    resource_type: source.kind,
    resource_id: source.id,
  }
}
