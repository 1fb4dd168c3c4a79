import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { ForgeAnswer } from '../shared/answer.ts'
import { plain, rateLimitOf, repositoryNotFound } from './errors.ts'

/** One entry of an answer's `errors`. */
export interface GraphQLProblem {
  /** GitHub's `type`, such as `NOT_FOUND`; empty where it gave none. */
  type: string
  /** Names and indices down to the field that failed; the first is a root field's alias. */
  path: (string | number)[]
  /** One safe line. */
  message: string
  error: SupercargoError
}

export interface GraphQLAnswer {
  data: unknown
  problems: GraphQLProblem[]
}

const answerSchema = z.object({
  data: z.unknown().optional(),
  message: z.string().optional(),
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
        type: z.string().optional().catch(undefined),
        path: z
          .array(z.union([z.string(), z.number()]))
          .optional()
          .catch(undefined),
      }),
    )
    .optional(),
})

/**
 * Reads a GraphQL answer, which has status 200 also when it failed.
 * @throws SupercargoError `rate-limited` when any error says so, `forge-unavailable` when there is no answer
 */
export function readAnswer(
  body: string,
  headers: Record<string, unknown>,
  what: string,
  now: Date,
): GraphQLAnswer {
  const parsed = answerSchema.safeParse(parseJson(body))
  if (!parsed.success) throw unavailable('GitHub gave an answer that is not GraphQL.')
  const { data = null, errors = [], message } = parsed.data
  for (const { type, message: text } of errors) {
    const limited = type === 'RATE_LIMITED' || type === 'RATE_LIMIT'
    const limit = rateLimitOf(200, limited ? `rate limit: ${text}` : text, headers, now)
    if (limit !== null) throw limit
  }
  if (data === null && errors.length === 0) throw unavailable(plain(message ?? 'GitHub gave no data.'))
  const problems = errors.map(({ type = '', path = [], message: text }) => {
    const problem = { type, path, message: plain(text) }
    return { ...problem, error: toError(problem, what) }
  })
  return { data, problems }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The problems of the root field with this alias. */
export function problemsOf(answer: GraphQLAnswer, alias: string): GraphQLProblem[] {
  return answer.problems.filter(({ path }) => path[0] === alias)
}

function toError(problem: Omit<GraphQLProblem, 'error'>, what: string): SupercargoError {
  const { type, message } = problem
  const cause = new ForgeAnswer(200, message)
  if (type === 'NOT_FOUND' || type === 'FORBIDDEN' || type === 'INSUFFICIENT_SCOPES') {
    return repositoryNotFound(what, new ForgeAnswer(type === 'NOT_FOUND' ? 404 : 403, message))
  }
  if (type === 'STALE_DATA') {
    return new SupercargoError(`Somebody else changed ${what} first: ${message}`, {
      code: 'forge-conflict',
      kind: 'conflict',
      cause,
    })
  }
  if (/something went wrong|timed? ?out|try again/i.test(message)) {
    return unavailable(`GitHub could not answer about ${what}: ${message}`)
  }
  if (type === 'UNPROCESSABLE' || type === 'UNAUTHENTICATED' || problem.path.length > 0) {
    return new SupercargoError(`GitHub refused a request about ${what}: ${message}`, {
      code: 'forge-refused',
      kind: 'permanent',
      cause,
    })
  }
  return unavailable(`GitHub could not answer about ${what}: ${message}`)
}

function unavailable(message: string): SupercargoError {
  return new SupercargoError(message, { code: 'forge-unavailable', kind: 'transient' })
}
