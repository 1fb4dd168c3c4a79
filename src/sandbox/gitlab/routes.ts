import { type Context, Hono } from 'hono'
import type { Dispatcher } from '../hooks/dispatcher.ts'
import type { Model } from '../model/model.ts'
import { findPull } from '../model/pulls.ts'
import { Refusal } from '../model/refusal.ts'
import type { Env, ForgeApi } from '../server.ts'
import type { GitLabAuth } from './auth.ts'
import { graphqlRoutes } from './graphql/routes.ts'
import { addBranchRoutes } from './rest/branch-routes.ts'
import { addCommitCreateRoute } from './rest/commit-create.ts'
import { addCommitDiscussionRoutes } from './rest/commit-discussion-routes.ts'
import { addCommitRoutes } from './rest/commit-routes.ts'
import { addDiscussionRoutes } from './rest/discussion-routes.ts'
import { addEnvironmentRoutes } from './rest/environment-routes.ts'
import { addFileRoutes } from './rest/file-routes.ts'
import { addGroupRoutes } from './rest/group-routes.ts'
import { addHookRoutes } from './rest/hook-routes.ts'
import { addMemberRoutes } from './rest/member-routes.ts'
import { addMergeRequestRoutes } from './rest/merge-request-routes.ts'
import { addMergeRoutes } from './rest/merge-routes.ts'
import { addNoteRoutes } from './rest/note-routes.ts'
import { addPipelineRoutes } from './rest/pipeline-routes.ts'
import { addProjectRoutes } from './rest/project-routes.ts'
import { addProtectionRoutes } from './rest/protection-routes.ts'
import { rateHeaders, spend } from './rest/rate.ts'
import { createRouter } from './rest/router.ts'
import { addStatusRoutes } from './rest/status-routes.ts'
import { addTokenRoutes } from './rest/token-routes.ts'
import { addUserRoutes } from './rest/user-routes.ts'
import { writeNote } from './state/notes.ts'

/** REST at `/api/v4` and GraphQL at `/api/graphql`, as GitLab has them. */
export function createGitLabApi(
  model: Model,
  auth: GitLabAuth,
  dispatcher: Dispatcher,
  log: (error: unknown) => void,
): ForgeApi {
  return {
    requestIdHeader: 'x-request-id',
    comment: async (project, actor, number, body) => {
      const pull = findPull(model, project, number)
      if (pull === null) throw new Refusal('not-found', `There is no merge request ${number}.`)
      return (await writeNote(model, project, actor, pull, body)).note
    },
    addRoutes: (app) => {
      app.use('/api/*', (context, next) => metered(model, context, next))
      app.route('/api/v4', restRoutes(model, auth, dispatcher, log))
      app.route('/api/graphql', graphqlRoutes(model, auth, log))
    },
  }
}

function restRoutes(
  model: Model,
  auth: GitLabAuth,
  dispatcher: Dispatcher,
  log: (error: unknown) => void,
): Hono {
  const rest = new Hono()
  const router = createRouter(rest, { model, auth, dispatcher }, log)
  addUserRoutes(router)
  addGroupRoutes(router)
  addProjectRoutes(router)
  addMemberRoutes(router)
  addTokenRoutes(router)
  addHookRoutes(router)
  addBranchRoutes(router)
  addProtectionRoutes(router)
  addCommitRoutes(router)
  addCommitCreateRoute(router)
  addCommitDiscussionRoutes(router)
  addFileRoutes(router)
  addStatusRoutes(router)
  addPipelineRoutes(router)
  addEnvironmentRoutes(router)
  addMergeRequestRoutes(router)
  addMergeRoutes(router)
  addNoteRoutes(router)
  addDiscussionRoutes(router)
  rest.all('*', (context) => context.json({ error: '404 Not Found' }, 404))
  return rest
}

/** Rate limit around an API call. https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
async function metered(model: Model, context: Context<Env>, next: () => Promise<void>): Promise<void> {
  const credential = context.req.header('private-token') ?? context.req.header('authorization') ?? ''
  const rate = spend(model, credential)
  if (rate.allowed) await next()
  else context.res = new Response('Retry later\n', { status: 429, headers: { 'content-type': 'text/plain' } })
  for (const [name, value] of Object.entries(rateHeaders(rate))) context.header(name, value)
}
