import { z } from 'zod'
import type { SourceQuery } from '../forge.ts'
import { Declarations, type Variables } from '../shared/declarations.ts'
import { ASSOCIATED_PULLS, associatedPullsSchema } from './associated-pulls.ts'

/** Commits of a followed branch. */
const COMMITS = 100
/** Comments of one pull request in the first look: the bot's is among the first ones. */
const COMMENTS = 10
/** More than GitHub lets a pull request have. */
const LABELS = 100

/** What one listing of a repository is called, and how it goes on. */
const LISTINGS = {
  tags: { first: 100, open: 'refs(refPrefix: "refs/tags/", ', fields: '...Tags' },
  live: { first: 100, open: 'refs(refPrefix: "refs/heads/", ', fields: '...Live' },
  pulls: {
    first: 100,
    open: 'pullRequests(states: [OPEN], orderBy: { field: CREATED_AT, direction: DESC }, ',
    fields: '...Pulls',
  },
  closed: {
    first: 40,
    open: 'pullRequests(states: [CLOSED, MERGED], orderBy: { field: UPDATED_AT, direction: DESC }, ',
    fields: '...Pulls',
  },
} as const

export type ListingName = keyof typeof LISTINGS

const FRAGMENTS = {
  Commits: `fragment Commits on Commit { oid messageHeadline committedDate url
    author { name email user { login } } parents(first: 10) { nodes { oid } }
    ${ASSOCIATED_PULLS} }`,
  // an annotated tag may point to another one
  Tags: `fragment Tags on RefConnection { pageInfo { hasNextPage endCursor } nodes { name target {
    ...Peeled ... on Tag { target { ...Peeled ... on Tag { target { ...Peeled ... on Tag { target { ...Peeled } } } } } } } } }
    fragment Peeled on GitObject { __typename oid }`,
  Live: `fragment Live on RefConnection { pageInfo { hasNextPage endCursor } nodes { name target { oid } } }`,
  Pulls: `fragment Pulls on PullRequestConnection { pageInfo { hasNextPage endCursor } nodes {
    number title url author { __typename login } headRefName headRefOid isCrossRepository isDraft state createdAt closedAt updatedAt
    commits(last: 1) { nodes { commit { committedDate } } }
    timelineItems(last: 1, itemTypes: [REOPENED_EVENT]) { nodes { ... on ReopenedEvent { createdAt } } }
    labels(first: ${LABELS}) { nodes { name } }
    comments(first: ${COMMENTS}) { ...Comments } } }`,
  Comments: `fragment Comments on IssueCommentConnection { pageInfo { hasNextPage endCursor }
    nodes { id body viewerDidAuthor } }`,
}

/** The first look: histories and the first page of every listing that is wanted. */
export function sourceDocument(owner: string, name: string, query: SourceQuery): [string, Variables] {
  const declared = new Declarations()
  const text = (value: string) => declared.add('String!', value)
  const branches = query.branches.map(({ name: branch, paths }, i) => {
    const oids = paths.map((path, j) =>
      path === '' ? `p${j}: tree { oid }` : `p${j}: file(path: ${text(path)}) { oid }`,
    )
    return `b${i}: ref(qualifiedName: ${text(`refs/heads/${branch}`)}) { target { oid ... on Commit {
      history(first: ${COMMITS}) { nodes { ...Commits ${oids.join(' ')} } } } } }`
  })
  const listings = wantedListings(query).map((listing) => listingFields(listing))
  const body = `repository(owner: ${text(owner)}, name: ${text(name)}) {
    id ${[...branches, ...listings].join('\n')} }`
  return [`query ReadSource${declared} { ${body} }\n${fragmentsOf(body)}`, declared.values]
}

/** One more page of a listing. */
export function pageDocument(
  owner: string,
  name: string,
  listing: ListingName,
  after: string | null,
): [string, Variables] {
  const declared = new Declarations()
  const fields = listingFields(listing, declared.add('String', after))
  const body = `repository(owner: ${declared.add('String!', owner)}, name: ${declared.add('String!', name)}) {
    ${fields} }`
  return [`query ReadPage${declared} { ${body} }\n${fragmentsOf(body)}`, declared.values]
}

/** One more page of comments of several pull requests. */
export function commentsDocument(
  owner: string,
  name: string,
  pulls: { number: number; after: string | null }[],
): [string, Variables] {
  const declared = new Declarations()
  const aliases = pulls.map(
    ({ number, after }, i) => `n${i}: pullRequest(number: ${declared.add('Int!', number)}) {
      comments(first: 100, after: ${declared.add('String', after)}) { ...Comments } }`,
  )
  const body = `repository(owner: ${declared.add('String!', owner)}, name: ${declared.add('String!', name)}) {
    ${aliases.join('\n')} }`
  return [`query ReadComments${declared} { ${body} }\n${fragmentsOf(body)}`, declared.values]
}

function wantedListings(query: SourceQuery): ListingName[] {
  return [
    ...(query.tags ? (['tags'] as const) : []),
    ...(query.liveBranches ? (['live'] as const) : []),
    ...(query.pullRequests ? (['pulls', 'closed'] as const) : []),
  ]
}

function listingFields(listing: ListingName, after?: string): string {
  const { first, open, fields } = LISTINGS[listing]
  return `${listing}: ${open}first: ${first}${after === undefined ? '' : `, after: ${after}`}) { ${fields} }`
}

function fragmentsOf(body: string): string {
  const direct = (['Commits', 'Tags', 'Live', 'Pulls', 'Comments'] as const).filter((name) =>
    new RegExp(`\\.\\.\\.${name}\\b`).test(body),
  )
  const names = direct.includes('Pulls') ? [...direct, 'Comments' as const] : direct
  return names.map((name) => FRAGMENTS[name]).join('\n')
}

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() })

export interface Peeled {
  __typename: string
  oid: string
  target?: Peeled | undefined
}

const peeledSchema: z.ZodType<Peeled> = z.lazy(() =>
  z.object({ __typename: z.string(), oid: z.string(), target: peeledSchema.optional() }),
)

export const commentsSchema = z.object({
  pageInfo,
  nodes: z.array(z.object({ id: z.string(), body: z.string(), viewerDidAuthor: z.boolean() })),
})

const pullSchema = z.object({
  number: z.number(),
  title: z.string(),
  url: z.string(),
  author: z.object({ __typename: z.string(), login: z.string() }).nullable(),
  headRefName: z.string(),
  headRefOid: z.string(),
  isCrossRepository: z.boolean(),
  isDraft: z.boolean(),
  state: z.string(),
  createdAt: z.string(),
  closedAt: z.string().nullable(),
  updatedAt: z.string(),
  commits: z.object({ nodes: z.array(z.object({ commit: z.object({ committedDate: z.string() }) })) }),
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: z.string() })) }),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullable(),
  comments: commentsSchema,
})

export type SourcePull = z.infer<typeof pullSchema>

export const pageSchemas = {
  tags: z.object({
    pageInfo,
    nodes: z.array(z.object({ name: z.string(), target: peeledSchema.nullable() })),
  }),
  live: z.object({
    pageInfo,
    nodes: z.array(z.object({ name: z.string(), target: z.object({ oid: z.string() }).nullable() })),
  }),
  pulls: z.object({ pageInfo, nodes: z.array(pullSchema) }),
  closed: z.object({ pageInfo, nodes: z.array(pullSchema) }),
}

export const historySchema = z
  .object({
    target: z
      .object({
        oid: z.string(),
        history: z.object({
          nodes: z.array(
            z.looseObject({
              oid: z.string(),
              messageHeadline: z.string(),
              committedDate: z.string(),
              url: z.string(),
              author: z
                .object({
                  name: z.string().nullable(),
                  email: z.string().nullable(),
                  user: z.object({ login: z.string() }).nullish(),
                })
                .nullable(),
              parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }),
              associatedPullRequests: associatedPullsSchema,
            }),
          ),
        }),
      })
      .nullable(),
  })
  .nullable()

export const sourceSchema = z.object({ repository: z.looseObject({ id: z.string() }) })
export const oneListingSchema = z.object({ repository: z.record(z.string(), z.unknown()) })
