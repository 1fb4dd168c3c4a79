import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import { ended, ForgeAnswer, oneSafeLine } from '../shared/answer.ts'

/** One entry of an answer's `errors`. */
export interface GraphQLProblem {
  /** Names and indices down to the field that failed. */
  path: (string | number)[]
  /** One safe line. */
  message: string
  error: SupercargoError
}

const answerSchema = z.object({
  data: z.unknown().optional(),
  errors: z
    .array(
      z.object({
        message: z.string().catch(''),
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
 * @throws SupercargoError `forge-unavailable` when there is no answer
 */
export function readAnswer(body: string, what: string): { data: unknown; problems: GraphQLProblem[] } {
  const parsed = answerSchema.safeParse(parseJson(body))
  if (!parsed.success) throw unavailable('GitLab gave an answer that is not GraphQL.')
  const { data = null, errors = [] } = parsed.data
  if (data === null && errors.length === 0) throw unavailable('GitLab gave no data.')
  const problems = errors.map(({ path = [], message: text }) => {
    const message = oneSafeLine(text)
    return { path, message, error: toError(message, what) }
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

function toError(message: string, what: string): SupercargoError {
  if (/timed? ?out|internal server error|try again|gitaly/i.test(message)) {
    return unavailable(`GitLab could not answer about ${what}: ${ended(message)}`)
  }
  return new SupercargoError(`GitLab refused a query about ${what}: ${ended(message)}`, {
    code: 'forge-refused',
    kind: 'permanent',
    cause: new ForgeAnswer(200, message),
  })
}

function unavailable(message: string): SupercargoError {
  return new SupercargoError(message, { code: 'forge-unavailable', kind: 'transient' })
}
