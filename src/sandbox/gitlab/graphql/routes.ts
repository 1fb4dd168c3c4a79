import { execute, GraphQLError, parse, validate } from 'graphql'
import { Hono } from 'hono'
import { canSee, repositoryNow } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import { levelOf } from '../../model/protection.ts'
import type { Actor, KnownActor, Repository } from '../../model/types.ts'
import type { GitLabAuth } from '../auth.ts'
import { fullPath } from '../json/project.ts'
import { mayDo } from '../rest/router.ts'
import { findMergeRequest, type MergeRequestFilter, mergeRequestsNode, userNode } from './merge-requests.ts'
import { type PipelineFilter, pipelinesNode } from './pipelines.ts'
import { gid, repositoryNode } from './repository.ts'
import { schema } from './schema.ts'

/** Longer documents are refused. https://docs.gitlab.com/api/graphql/#limits */
const LONGEST = 10_000

/**
 * `POST /` answers GraphQL: to be mounted at `/api/graphql`. https://docs.gitlab.com/api/graphql/
 * @param log where errors go that no client may see
 */
export function graphqlRoutes(model: Model, auth: GitLabAuth, log: (error: unknown) => void): Hono {
  const app = new Hono()
  app.post('/', async (context) => {
    const identity = auth.identify((name) => context.req.header(name))
    if (typeof identity === 'string') return context.json({ errors: [{ message: 'Invalid token' }] }, 401)
    const { actor } = identity
    const scopes = actor.kind === 'person' ? actor.scopes : undefined
    if (scopes !== undefined && !scopes.includes('api') && !scopes.includes('read_api')) {
      return context.json({ errors: [{ message: 'Forbidden' }] }, 403)
    }
    const body: unknown = await context.req.json().catch(() => null)
    const { query, variables } = (body ?? {}) as { query?: unknown; variables?: unknown }
    if (typeof query !== 'string')
      return context.json({ errors: [{ message: 'No query string was present' }] })
    const given = typeof variables === 'object' && variables !== null ? { ...variables } : {}
    return context.json(await answer(model, actor, query, given, log))
  })
  return app
}

async function answer(
  model: Model,
  actor: Actor,
  query: string,
  variableValues: Record<string, unknown>,
  log: (error: unknown) => void,
): Promise<unknown> {
  if (query.length > LONGEST) return { errors: [{ message: 'Query too large' }] }
  try {
    const document = parse(query)
    const errors = validate(schema, document)
    if (errors.length > 0) return { errors }
    const result = await execute({ schema, document, rootValue: rootNode(model, actor), variableValues })
    for (const error of result.errors ?? []) {
      if (error.originalError && !(error.originalError instanceof GraphQLError)) log(error.originalError)
    }
    return result
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] }
    throw error
  }
}

function rootNode(model: Model, actor: Actor): Record<string, unknown> {
  return {
    currentUser: () => (actor.kind === 'anonymous' ? null : userNode(model, actor.account)),
    metadata: () => ({ version: '18.8.0-ee', revision: '4e61e8b5a2c', enterprise: true }),
    project: ({ fullPath: path }: { fullPath: string }) => {
      const slash = path.lastIndexOf('/')
      const project = repositoryNow(model, path.slice(0, slash), path.slice(slash + 1))
      return project === null || !canSee(model, actor, project) ? null : projectNode(model, actor, project)
    },
  }
}

function projectNode(model: Model, actor: Actor, project: Repository): Record<string, unknown> {
  const webUrl = model.urls.repository(project)
  const path = fullPath(project)
  const mayRead = (need: 'code' | 30): boolean =>
    actor.kind === 'anonymous'
      ? need === 'code' && !project.private
      : mayDo(model, actor as KnownActor, project, need)
  const node = (each: Repository): Record<string, unknown> => projectNode(model, actor, each)
  return {
    id: gid('Project', project.id),
    name: project.name,
    path: project.name,
    fullPath: path,
    nameWithNamespace: path.replaceAll('/', ' / '),
    description: project.description,
    webUrl,
    httpUrlToRepo: `${webUrl}.git`,
    sshUrlToRepo: `git@${new URL(webUrl).hostname}:${path}.git`,
    visibility: project.private ? 'private' : 'public',
    archived: project.archived,
    lastActivityAt: project.pushedAt,
    onlyAllowMergeIfPipelineSucceeds: project.onlyMergeAfterPipeline ?? false,
    allowMergeOnSkippedPipeline: null,
    pipelines: (filter: PipelineFilter) => (mayRead('code') ? pipelinesNode(model, project, filter) : null),
    removeSourceBranchAfterMerge: project.deleteBranchOnMerge,
    repository: () => (mayRead('code') ? repositoryNode(model, project) : null),
    mergeRequest: ({ iid }: { iid: string }) =>
      mayRead('code') ? findMergeRequest(model, project, iid, node) : null,
    mergeRequests: (filter: MergeRequestFilter) =>
      mayRead('code') ? mergeRequestsNode(model, project, filter, node) : null,
    userPermissions: () => ({
      readProject: true,
      downloadCode: mayRead('code'),
      pushCode: mayRead(30),
      createMergeRequestIn: actor.kind !== 'anonymous' && levelOf(model, actor, project) >= 30,
    }),
  }
}
