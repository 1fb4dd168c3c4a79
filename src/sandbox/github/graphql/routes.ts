import { type Context, Hono } from 'hono'
import type { Model } from '../../model/model.ts'
import type { Actor } from '../../model/types.ts'
import { executeGraphql, type GraphqlRequest, type Spend } from './execute.ts'

export interface GraphqlOptions {
  model: Model
  /** Who asks. Null for credentials that are wrong or expired. */
  actorOf(context: Context): Promise<Actor | null> | Actor | null
  /** Takes points from the limit that applies to the actor. */
  spend?: (actor: Actor, points: number) => ReturnType<Spend>
  /** Gets errors of the sandbox itself. */
  report?: (error: unknown) => void
}

/** `POST /` answers GraphQL: to be mounted at `/api/graphql`. */
export function graphqlRoutes({
  model,
  actorOf,
  spend = newBudget(),
  report = console.error,
}: GraphqlOptions): Hono {
  const app = new Hono()
  app.post('/', async (context) => {
    const actor = await actorOf(context)
    if (actor === null) {
      const message = 'Bad credentials'
      return context.json({ message, documentation_url: 'https://docs.github.com/rest', status: '401' }, 401)
    }
    if (actor.kind === 'anonymous' || actor.kind === 'app') {
      const message = 'This endpoint requires you to be authenticated.'
      return context.json(
        { message, documentation_url: 'https://docs.github.com/graphql', status: '401' },
        401,
      )
    }
    const request = readRequest(await context.req.json().catch(() => null))
    if (request === null) {
      const message = 'A query attribute must be specified and must be a string.'
      return context.json({ errors: [{ message }] })
    }
    const state = { ...spend(actor, 0) }
    const charge: Spend = (points) => Object.assign(state, spend(actor, points))
    const result = await executeGraphql(model, actor, request, charge, report)
    for (const [name, value] of Object.entries(state)) context.header(`x-ratelimit-${name}`, String(value))
    context.header('x-ratelimit-resource', 'graphql')
    return context.json(result)
  })
  return app
}

function readRequest(body: unknown): GraphqlRequest | null {
  if (body === null || typeof body !== 'object' || !('query' in body) || typeof body.query !== 'string') {
    return null
  }
  const variables = 'variables' in body ? body.variables : null
  const name = 'operationName' in body ? body.operationName : null
  return {
    query: body.query,
    variables: variables !== null && typeof variables === 'object' ? { ...variables } : {},
    operationName: typeof name === 'string' ? name : null,
  }
}

const HOUR = 3_600

/** 5,000 points per account and hour, counted and shown but never refused: refusals are faults for tests. */
function newBudget(): NonNullable<GraphqlOptions['spend']> {
  const limit = 5_000
  const used = new Map<number, number>()
  let hour = 0
  return (actor, points) => {
    const now = Math.floor(Date.now() / 1000 / HOUR)
    if (now !== hour) used.clear()
    hour = now
    const id = actor.kind === 'anonymous' ? 0 : actor.account.id
    const total = (used.get(id) ?? 0) + points
    used.set(id, total)
    return { limit, used: total, remaining: Math.max(0, limit - total), reset: (hour + 1) * HOUR }
  }
}
