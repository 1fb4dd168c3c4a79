import { createHash } from 'node:crypto'
import { type Context, Hono } from 'hono'
import type { Auth } from '../auth.ts'
import type { Deliveries } from '../hooks/deliveries.ts'
import { requireAccess } from '../model/access.ts'
import { createComment } from '../model/discussion.ts'
import type { Model } from '../model/model.ts'
import type { Actor } from '../model/types.ts'
import type { Env, ForgeApi } from '../server.ts'
import { graphqlRoutes } from './graphql/routes.ts'
import { addAppRoutes } from './rest/app-routes.ts'
import { addCheckRoutes } from './rest/check-routes.ts'
import { addCommitByRefRoute, addCommitRoutes } from './rest/commit-routes.ts'
import { addDeploymentRoutes } from './rest/deployment-routes.ts'
import { addGitRoutes } from './rest/git-routes.ts'
import { addIssueRoutes } from './rest/issue-routes.ts'
import { addLabelRoutes } from './rest/label-routes.ts'
import { addMetaRoutes } from './rest/meta-routes.ts'
import { addOwnerRoutes } from './rest/owner-routes.ts'
import { addPeopleRoutes } from './rest/people-routes.ts'
import { addProtectionRoutes } from './rest/protection-routes.ts'
import { WRITE } from './rest/pull-permissions.ts'
import { addPullRoutes } from './rest/pull-routes.ts'
import { rateHeaders, rateOf, refund, spend } from './rest/rate.ts'
import { addReactionRoutes } from './rest/reaction-routes.ts'
import { addRepositoryRoutes } from './rest/repository-routes.ts'
import { addReviewRequestRoutes } from './rest/review-request-routes.ts'
import { createRouter } from './rest/router.ts'
import { addRulesetRoutes } from './rest/ruleset-routes.ts'
import { addTeamRoutes } from './rest/team-routes.ts'
import { addTreeRoutes } from './rest/tree-routes.ts'

/** REST at `/api/v3` and GraphQL at `/api/graphql`, as a GitHub Enterprise Server has them. */
export function createGitHubApi(
  model: Model,
  auth: Auth,
  deliveries: Deliveries,
  log: (error: unknown) => void,
): ForgeApi {
  return {
    requestIdHeader: 'x-github-request-id',
    comment: (repository, actor, number, body) => {
      requireAccess(model, actor, repository, ...WRITE)
      return createComment(model, repository, actor, number, body)
    },
    addRoutes: (app) => {
      app.use('/api/*', (context, next) => metered(model, context, next))
      app.route('/api/v3', restRoutes(model, auth, deliveries, log))
      const actorOf = (context: Context): Actor | null => auth.actor(context.req.header('authorization'))
      app.route('/api/graphql', graphqlRoutes({ model, actorOf, report: log }))
    },
  }
}

function restRoutes(model: Model, auth: Auth, deliveries: Deliveries, log: (error: unknown) => void): Hono {
  const rest = new Hono()
  const router = createRouter(rest, model, auth, deliveries, log)
  addAppRoutes(router)
  addMetaRoutes(router)
  addProtectionRoutes(router)
  addRulesetRoutes(router)
  addOwnerRoutes(router)
  addPeopleRoutes(router)
  addTeamRoutes(router)
  addRepositoryRoutes(router)
  addGitRoutes(router)
  addTreeRoutes(router)
  addCheckRoutes(router)
  addCommitRoutes(router)
  addCommitByRefRoute(router)
  addPullRoutes(router)
  addReviewRequestRoutes(router)
  addIssueRoutes(router)
  addLabelRoutes(router)
  addReactionRoutes(router)
  addDeploymentRoutes(router)
  rest.all('*', (context) =>
    context.json(
      { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' },
      404,
    ),
  )
  return rest
}

/** Rate limit and conditional requests around an API call. */
async function metered(model: Model, context: Context<Env>, next: () => Promise<void>): Promise<void> {
  const credential = context.req.header('authorization') ?? ''
  const resource = context.req.path.endsWith('/graphql') ? 'graphql' : 'core'
  if (!spend(model, credential)) {
    const message = 'API rate limit exceeded. Please wait until it resets.'
    context.res = context.json({ message, documentation_url: 'https://docs.github.com/rest' }, 403)
  } else {
    await next()
    if (context.req.method === 'GET' && context.res.status === 200)
      await conditional(model, context, credential)
  }
  for (const [name, value] of Object.entries(rateHeaders(rateOf(model, credential), resource))) {
    if (!context.res.headers.has(name)) context.header(name, value)
  }
  context.header('x-github-media-type', 'github.v3; format=json')
  context.header('x-github-enterprise-version', '3.19.0')
}

async function conditional(model: Model, context: Context<Env>, credential: string): Promise<void> {
  const body = Buffer.from(await context.res.clone().arrayBuffer())
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`
  context.header('etag', etag)
  context.header('cache-control', 'private, max-age=60, s-maxage=60')
  const wanted = context.req.header('if-none-match')?.split(',') ?? []
  if (!wanted.some((each) => each.trim().replace(/^W\//, '') === etag)) return
  refund(model, credential)
  const headers = new Headers(context.res.headers)
  headers.delete('content-type')
  context.res = undefined
  context.res = new Response(null, { status: 304, headers })
}
