import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { SourcePullRequest } from '../forge.ts'
import type { Client } from './client.ts'
import { ask } from './project.ts'
import { type MergeRequestFields, mergeRequestsSchema, ProjectQuery } from './project-query.ts'

const TOGETHER = 100

const FIELDS: MergeRequestFields = { name: 'State', text: 'iid state', cost: 2 }

const pageSchema = mergeRequestsSchema(z.object({ iid: z.coerce.number(), state: z.string() }))

/** As `Forge.readPullRequestStates` promises. A locked one is about to be merged. */
export async function readPullRequestStates(
  client: Client,
  repository: RepositoryId,
  numbers: readonly number[],
): Promise<Record<number, SourcePullRequest['state'] | null>> {
  const states: Record<number, SourcePullRequest['state'] | null> = Object.fromEntries(
    numbers.map((number) => [number, null]),
  )
  for (let start = 0; start < numbers.length; start += TOGETHER) {
    const numbered = numbers.slice(start, start + TOGETHER).map(String)
    const query = new ProjectQuery(repository.path)
    query.mergeRequests('numbered', { fields: FIELDS, first: TOGETHER, numbers: numbered })
    const { numbered: page } = await ask(client, repository, query, 'ReadStates')
    for (const { iid, state } of pageSchema.parse(page).nodes)
      states[iid] = state === 'closed' || state === 'merged' ? state : 'open'
  }
  return states
}
