import { z } from 'zod'
import type { ChangeRequest } from '../forge.ts'
import { ACTOR_FIELDS, actorSchema, madeByBot } from './identity.ts'
import { MERGEABILITY_FIELDS, mergeabilityOf, mergeabilitySchema } from './mergeability.ts'

/** Commits of a branch of the bot's that are looked at: it makes one, so more than these are not its own. */
const COMMITS = 20
/** Pull requests of one branch per request: those of forks are among them, and are passed over. */
const PULLS = { OPEN: 5, CLOSED: 3, MERGED: 3 }

export type PullState = keyof typeof PULLS

/** GraphQL fields of a `Ref` that compare it with the branch `headRef` (a variable). */
export function comparisonFields(headRef: string): string {
  return `compare(headRef: ${headRef}) { commits(first: ${COMMITS}) { totalCount nodes {
    author { ${ACTOR_FIELDS} } committer { ${ACTOR_FIELDS} } parents(first: 1) { totalCount } } } }`
}

const PULL_FIELDS = `id number url title body headRefOid baseRefName isCrossRepository viewerDidAuthor
  createdAt closedAt updatedAt ${MERGEABILITY_FIELDS}`

/**
 * GraphQL fields of a `Repository` with the pull requests of the branch `head`, last updated first.
 * @param head and `after`: variables
 */
export function pullFields(head: string, state: PullState, after?: string): string {
  const page = after === undefined ? '' : `, after: ${after}`
  return `pullRequests(headRefName: ${head}, states: [${state}], first: ${PULLS[state]}${page},
    orderBy: { field: UPDATED_AT, direction: DESC }) { ...Pulls }`
}

export const PULLS_FRAGMENT = `fragment Pulls on PullRequestConnection {
  pageInfo { hasNextPage endCursor } nodes { ${PULL_FIELDS} } }`

const pullSchema = mergeabilitySchema.extend({
  id: z.string(),
  number: z.number(),
  url: z.string(),
  title: z.string(),
  body: z.string(),
  headRefOid: z.string(),
  baseRefName: z.string(),
  isCrossRepository: z.boolean(),
  viewerDidAuthor: z.boolean(),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  updatedAt: z.string(),
})

export type Pull = z.infer<typeof pullSchema>

export const pullsSchema = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z.array(pullSchema),
})

export const comparisonSchema = z
  .object({
    commits: z.object({
      totalCount: z.number(),
      nodes: z.array(
        z.object({
          author: actorSchema,
          committer: actorSchema,
          parents: z.object({ totalCount: z.number() }),
        }),
      ),
    }),
  })
  .nullable()

/** False also where GitHub cannot compare: then nothing is known of the commits. */
export function branchIsOurs(comparison: z.infer<typeof comparisonSchema>, viewer: string): boolean {
  if (comparison === null || comparison.commits.totalCount > comparison.commits.nodes.length) return false
  return comparison.commits.nodes.every((commit) => madeByBot(commit, viewer))
}

/**
 * The pull request that was opened, closed or merged last, of the branch itself and not of one with its name in a fork.
 * @param unseen time of the last update of those that were not read; null when all were
 * @returns undefined when one of those could be it
 */
export function newestPull(pulls: Pull[], unseen: string | null): Pull | null | undefined {
  const newest = pulls
    .filter(({ isCrossRepository }) => !isCrossRepository)
    .reduce<Pull | null>(
      (best, pull) => (best !== null && decidedAt(best) >= decidedAt(pull) ? best : pull),
      null,
    )
  if (unseen !== null && (newest === null || decidedAt(newest) < Date.parse(unseen))) return undefined
  return newest
}

/** When a pull request was closed or merged, else opened: milliseconds since 1970. */
export function decidedAt(pull: Pull): number {
  return Date.parse(pull.closedAt ?? pull.createdAt)
}

export function toChangeRequest(pull: Pull): ChangeRequest {
  return {
    number: pull.number,
    url: pull.url,
    title: pull.title,
    body: pull.body,
    head: pull.headRefOid,
    base: pull.baseRefName,
    ours: pull.viewerDidAuthor,
    mergeability: mergeabilityOf(pull),
  }
}
