import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Comment, SourcePullRequest } from '../forge.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { mergeRequestUrl } from './merge-request.ts'
import { numberOf } from './project.ts'
import { type MergeRequestFields, mergeRequestsSchema, type ProjectAnswer } from './project-query.ts'
import { withQuickActions } from './quick-actions.ts'

/** Notes of one merge request in the first look: the bot's is among the first ones. */
const NOTES = 10
/** What GitLab noted last: a push is among these, unless much was said since. */
const ACTIVITY = 20
const MOST_PAGES = 20

/** https://docs.gitlab.com/api/graphql/reference/#mergerequest */
export const SOURCE_FIELDS: MergeRequestFields = {
  name: 'Source',
  text: `iid title state sourceBranch sourceProjectId diffHeadSha draft createdAt updatedAt webUrl author { username bot }
    labels(first: 100) { nodes { title } } notes(first: ${NOTES}) { pageInfo { hasNextPage } nodes { id body author { username } } }
    activity: notes(filter: ONLY_ACTIVITY, last: ${ACTIVITY}) { nodes { body createdAt } }`,
  cost: 35,
}

const requestSchema = z.object({
  iid: z.coerce.number(),
  title: z.string(),
  state: z.string(),
  sourceBranch: z.string(),
  sourceProjectId: z.number().nullish(),
  diffHeadSha: z.string().nullish(),
  draft: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  webUrl: z.string().nullish(),
  author: z.object({ username: z.string(), bot: z.boolean() }).nullish(),
  activity: z.object({ nodes: z.array(z.object({ body: z.string(), createdAt: z.string() })) }),
  labels: z.object({ nodes: z.array(z.object({ title: z.string() })) }).nullish(),
  notes: z.object({
    pageInfo: z.object({ hasNextPage: z.boolean() }),
    nodes: z.array(
      z.object({ id: z.string(), body: z.string(), author: z.object({ username: z.string() }).nullish() }),
    ),
  }),
})

export type SourceRequest = z.infer<typeof requestSchema>

export const sourceRequestsSchema = mergeRequestsSchema(requestSchema)

/** A merge request of an application, with the bot's own note on it; null while GitLab does not know its head yet. */
export async function toPullRequest(
  client: Client,
  repository: RepositoryId,
  request: SourceRequest,
  project: ProjectAnswer,
  marker: string,
  me: Me,
): Promise<SourcePullRequest | null> {
  if (typeof request.diffHeadSha !== 'string') return null
  return {
    number: request.iid,
    title: request.title,
    url: request.webUrl ?? mergeRequestUrl(project.webUrl, request.iid),
    authorLogin: request.author?.username ?? null,
    byBot: request.author?.bot === true,
    activeAt: activeAt(request),
    branch: request.sourceBranch,
    head: request.diffHeadSha,
    fork: request.sourceProjectId !== numberOf(project.id),
    draft: request.draft,
    state: request.state === 'merged' ? 'merged' : request.state === 'closed' ? 'closed' : 'open',
    labels: request.labels?.nodes.map(({ title }) => title) ?? [],
    comment: await ownNote(client, repository, request, marker, me),
  }
}

/** GitLab writes a note of its own for each push, in English whatever the language. */
function activeAt({ createdAt, activity }: SourceRequest): string {
  const pushes = activity.nodes.filter(({ body }) => /^(?:added \d+ commit|reopened)/.test(body))
  const times = [createdAt, ...pushes.map((note) => note.createdAt)].map((time) => Date.parse(time))
  return new Date(Math.max(...times)).toISOString()
}

/** Found by author and marker; reads on where the first notes do not hold it. */
async function ownNote(
  client: Client,
  repository: RepositoryId,
  { iid, notes }: SourceRequest,
  marker: string,
  me: Me,
): Promise<Comment | null> {
  const own = notes.nodes.find(
    ({ body, author }) => author?.username === me.username && body.includes(marker),
  )
  if (own !== undefined) return { id: String(numberOf(own.id)), body: withQuickActions(own.body) }
  if (!notes.pageInfo.hasNextPage) return null
  const found = (await readNotes(client, repository, iid)).find(
    (note) => note.author.id === me.id && note.body.includes(marker),
  )
  return found === undefined ? null : { id: String(found.id), body: withQuickActions(found.body) }
}

const notesSchema = z.array(
  z.object({ id: z.number(), body: z.string(), author: z.object({ id: z.number() }) }),
)

/**
 * The notes of a merge request, oldest first, those that GitLab wrote itself among them.
 * https://docs.gitlab.com/api/notes/#list-all-merge-request-notes
 */
export async function readNotes(client: Client, repository: RepositoryId, iid: number) {
  const order = { orderBy: 'created_at' as const, sort: 'asc' as const, perPage: 100, maxPages: MOST_PAGES }
  return notesSchema.parse(await client.rest.notes.all(repository.path, iid, order))
}
