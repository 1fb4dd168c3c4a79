import { z } from 'zod'
import type { GraphQLProblem } from './graphql.ts'

/** GraphQL fields of a `Commit` with the pull requests that brought it. */
export const ASSOCIATED_PULLS = 'associatedPullRequests(first: 2) { nodes { number title url } }'

const pullSchema = z.object({ number: z.number(), title: z.string(), url: z.string() })

/** The pull requests of a commit that the bot may see. */
export const associatedPullsSchema = z
  .object({ nodes: z.array(pullSchema.nullable()).nullable() })
  .nullish()
  .transform((found) => found?.nodes?.filter((pull) => pull !== null) ?? [])

/** A commit may have come by a pull request in another repository, which a narrow token does not show. */
export function hiddenPullRequest(problem: GraphQLProblem): boolean {
  return problem.path.includes('associatedPullRequests')
}
