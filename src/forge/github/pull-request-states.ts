import { z } from 'zod'
import type { SourcePullRequest } from '../forge.ts'
import { Declarations } from '../shared/declarations.ts'
import type { Session } from './client.ts'
import type { GraphQLProblem } from './graphql.ts'

const TOGETHER = 100

const answerSchema = z.object({
  repository: z.record(z.string(), z.object({ state: z.enum(['OPEN', 'CLOSED', 'MERGED']) }).nullish()),
})

const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const

/** As `Forge.readPullRequestStates` promises. */
export async function readPullRequestStates(
  session: Session,
  numbers: readonly number[],
): Promise<Record<number, SourcePullRequest['state'] | null>> {
  const states: Record<number, SourcePullRequest['state'] | null> = {}
  for (let start = 0; start < numbers.length; start += TOGETHER) {
    const some = numbers.slice(start, start + TOGETHER)
    const declared = new Declarations()
    const aliases = some.map(
      (number, i) => `n${i}: pullRequest(number: ${declared.add('Int!', number)}) { state }`,
    )
    const owner = declared.add('String!', session.owner)
    const name = declared.add('String!', session.repo)
    const document = `query ReadStates${declared} { repository(owner: ${owner}, name: ${name}) { ${aliases.join('\n')} } }`
    const { repository } = answerSchema.parse(await session.query(document, declared.values, isMissing))
    for (const [i, number] of some.entries()) {
      const found = repository[`n${i}`]
      states[number] = found == null ? null : STATES[found.state]
    }
  }
  return states
}

/** That there is no such pull request, which is an answer; not that there is no such repository. */
function isMissing({ type, path }: GraphQLProblem): boolean {
  return type === 'NOT_FOUND' && path.length === 2
}
