import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { answerOf, ended, statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'

/** A check that a branch requires. */
export interface RequiredCheck {
  name: string
  /** Id of the app that alone may report it; null: anybody may. */
  app: number | null
}

const PER_PAGE = 100

const branchSchema = z.discriminatedUnion('protected', [
  z.object({ protected: z.literal(false) }),
  z.object({
    protected: z.literal(true),
    protection: z.object({
      required_status_checks: z
        .object({
          enforcement_level: z.string().nullish(),
          contexts: z.array(z.string()),
          checks: z.array(z.object({ context: z.string(), app_id: z.number().nullish() })).nullish(),
        })
        .nullish(),
    }),
  }),
])

const rulesSchema = z.array(z.looseObject({ type: z.string(), parameters: z.unknown().optional() }))

const parametersSchema = z.object({
  required_status_checks: z.array(z.object({ context: z.string(), integration_id: z.number().nullish() })),
})

/**
 * What the protection of a branch and the rulesets that hold for it require together. Neither needs the permission
 * of administration: https://docs.github.com/en/rest/branches/branches#get-a-branch (contents) and
 * https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch (metadata). Both are asked conditionally.
 * @throws SupercargoError `required-checks-unknown` (permanent) when GitHub does not say
 */
export async function readRequiredChecks(
  session: Session,
  repository: RepositoryId,
  branch: string,
): Promise<RequiredCheck[]> {
  const unknown = (why: string, cause?: unknown) => requiredUnknown(repository, branch, why, cause)
  const found = await Promise.all([protectionOf(session, branch), rulesOf(session, branch)]).catch(
    (error: unknown) => {
      const hidden = [403, 404].includes(statusOf(error) ?? 0)
      if (hidden) throw unknown(ended(answerOf(error)), error)
      if (error instanceof z.ZodError) throw unknown('its answer is not understood.')
      throw error
    },
  )
  return found.flat()
}

async function protectionOf({ owner, repo, read }: Session, branch: string): Promise<RequiredCheck[]> {
  const { data } = await read((request) =>
    request('GET /repos/{owner}/{repo}/branches/{branch}', { owner, repo, branch }),
  )
  const found = branchSchema.parse(data)
  // one that only rulesets protect is protected, and its protection requires nothing
  const required = found.protected ? found.protection.required_status_checks : null
  if (required == null || required.enforcement_level === 'off') return []
  const named = required.checks ?? []
  const known = new Set(named.map(({ context }) => context))
  return [
    ...named.map(({ context, app_id }) => ({ name: context, app: appOf(app_id) })),
    ...required.contexts.filter((name) => !known.has(name)).map((name) => ({ name, app: null })),
  ]
}

async function rulesOf({ owner, repo, read }: Session, branch: string): Promise<RequiredCheck[]> {
  const required: RequiredCheck[] = []
  for (let page = 1; ; page++) {
    const { data } = await read((request) =>
      request('GET /repos/{owner}/{repo}/rules/branches/{branch}', {
        owner,
        repo,
        branch,
        per_page: PER_PAGE,
        page,
      }),
    )
    const rules = rulesSchema.parse(data)
    for (const { type, parameters } of rules) {
      if (type !== 'required_status_checks') continue
      const { required_status_checks: checks } = parametersSchema.parse(parameters)
      required.push(
        ...checks.map(({ context, integration_id }) => ({ name: context, app: appOf(integration_id) })),
      )
    }
    if (rules.length < PER_PAGE) return required
  }
}

/** GitHub writes "any source" as null, as -1, or not at all. */
function appOf(id: number | null | undefined): number | null {
  return id == null || id < 0 ? null : id
}

function requiredUnknown(
  repository: RepositoryId,
  branch: string,
  why: string,
  cause: unknown,
): SupercargoError {
  return new SupercargoError(
    `GitHub does not say which checks the branch ${branch} of ${repository.path} requires: ${why}`,
    {
      code: 'required-checks-unknown',
      kind: 'permanent',
      advice: 'Let the app read the contents and metadata of the repository, and see that the branch exists.',
      cause: cause instanceof SupercargoError ? cause.cause : cause,
    },
  )
}
