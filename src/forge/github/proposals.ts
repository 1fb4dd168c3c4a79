import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Proposal, ProposalQuery } from '../forge.ts'
import type { Declarations } from '../shared/declarations.ts'
import type { Session } from './client.ts'
import type { GraphQLProblem } from './graphql.ts'
import { baseMemoryKey, type Memory, pullMemoryKey } from './memory.ts'
import { type Candidate, readHeads } from './proposal-heads.ts'

/** The promise of `RepositorySnapshot.proposals`. */
const PULLS = 50
/** Heads whose files are read in one request: GraphQL cuts each text at about 500 kB. */
const HEADS = 4

/** The open pull requests with the newest changes, and what their heads have at some paths. */
export function proposalFields(paths: readonly string[], declared: Declarations): string {
  const files = paths.map((path, i) => `f${i}: file(path: ${declared.add('String!', path)}) { oid }`)
  return `proposals: pullRequests(states: [OPEN], first: ${PULLS}, orderBy: { field: UPDATED_AT, direction: DESC }) {
    nodes { number headRefName headRefOid commits(last: 1) { nodes { commit { oid ${files.join(' ')} } } } } }`
}

const oidSchema = z.object({ oid: z.string() }).nullish()

export const proposalsSchema = z
  .object({
    nodes: z.array(
      z.object({
        number: z.number(),
        headRefName: z.string(),
        headRefOid: z.string(),
        commits: z.object({
          nodes: z.array(z.object({ commit: z.looseObject({ oid: z.string() }) })),
        }),
      }),
    ),
  })
  .nullish()

/** A token that may not read pull requests gets no part of the answer that they stand in. */
export function hiddenProposals(problem: GraphQLProblem): boolean {
  return problem.type === 'FORBIDDEN' && problem.path.includes('proposals')
}

/**
 * Reads on where heads have other files than the default branch: most pull requests have not, and of those that began
 * before a file changed most change none. One request for 4 heads, once, or until they have a report.
 * @param present object ids on the default branch, by path
 */
export async function readProposals(
  session: Session,
  repository: RepositoryId,
  listed: z.infer<typeof proposalsSchema>,
  present: ReadonlyMap<string, Oid | null>,
  { mostBytes }: ProposalQuery,
  memory: Memory,
): Promise<Proposal[]> {
  const now = [...present.values()].join(' ')
  const candidates = (listed?.nodes ?? []).flatMap((pull): Candidate[] => {
    const { number, headRefName: branch, headRefOid: head } = pull
    const commit = pull.commits.nodes.find((node) => node.commit.oid === head)?.commit
    // GitHub may list the newest commit later than it tells of it
    const same = [...present.values()].every(
      (oid, i) => commit !== undefined && (oidSchema.parse(commit[`f${i}`])?.oid ?? null) === oid,
    )
    const key = `${pullMemoryKey(repository, number)} ${head} ${now}`
    const known = memory.reported.get(baseMemoryKey(repository, head)) ?? memory.unconcerned.get(key)
    return same || known === true ? [] : [{ number, branch, head, key }]
  })
  const proposals: Proposal[] = []
  for (let start = 0; start < candidates.length; start += HEADS) {
    const some = candidates.slice(start, start + HEADS)
    proposals.push(...(await readHeads(session, repository, some, present, mostBytes, memory)))
  }
  return proposals
}
