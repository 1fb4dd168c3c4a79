import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Listing, LiveBranch, SourcePullRequest, SourceQuery, SourceSnapshot, Tag } from '../forge.ts'
import { readBranchHistory } from './branch-history.ts'
import type { Client } from './client.ts'
import { missingBranch } from './first-look.ts'
import type { Me } from './identity.ts'
import type { Memory } from './memory.ts'
import { ask } from './project.ts'
import { aliasSchemas, type MergeRequestPage, type ProjectAnswer, ProjectQuery } from './project-query.ts'
import { SOURCE_FIELDS, type SourceRequest, sourceRequestsSchema, toPullRequest } from './source-requests.ts'

const OPEN = 100
/** The promise of `SourceSnapshot.closedPullRequests`. */
const CLOSED = 20
/** Pages of a listing after which reading gives up, and says that it is not complete. */
const MOST_PAGES = 200
const PER_PAGE = 100

/** What was not asked for was not read: nobody may take it for all there is. */
const NOTHING = { complete: false, items: [] }

/**
 * Reads an application repository as `Forge.readSource` promises: one query for merge requests and heads, then one
 * request for each page of tags and branches, and what `readBranchHistory` needs.
 */
export async function readSource(
  client: Client,
  repository: RepositoryId,
  query: SourceQuery,
  me: Me,
  memory: Memory,
): Promise<SourceSnapshot> {
  const first = new ProjectQuery(repository.path)
  if (query.pullRequests) {
    first.mergeRequests('open', openPage(null))
    first.mergeRequests('closed', endedPage('closed'))
    first.mergeRequests('merged', endedPage('merged'))
  }
  const names = query.branches.map(({ name }) => name)
  const asked = names.filter((name, i) => first.head(`b${i}`, { kind: 'branch', name }))
  const project = await ask(client, repository, first, 'ReadSource', missingBranch)
  const [branches, tags, liveBranches, pulls] = await Promise.all([
    Promise.all(
      query.branches.map(async ({ name, paths }) => {
        const answer = asked.includes(name) ? project : await askHead(client, repository, name)
        const alias = asked.includes(name) ? `b${names.indexOf(name)}` : 'b0'
        const head = aliasSchemas.head.parse(answer.repository?.[alias] ?? null)
        if (head === null) return [name, null] as const
        return [name, await readBranchHistory(client, repository, head, paths, memory)] as const
      }),
    ),
    query.tags ? readTags(client, repository) : NOTHING,
    query.liveBranches ? readLiveBranches(client, repository) : NOTHING,
    query.pullRequests ? readRequests(client, repository, project, query.commentMarker, me) : null,
  ])
  return {
    branches: Object.fromEntries(branches),
    tags,
    liveBranches,
    pullRequests: pulls?.open ?? NOTHING,
    closedPullRequests: pulls?.closed ?? [],
  }
}

function openPage(after: string | null): MergeRequestPage {
  return { fields: SOURCE_FIELDS, first: OPEN, state: 'opened', after, counted: true }
}

/** What was closed last was changed last. */
function endedPage(state: 'closed' | 'merged'): MergeRequestPage {
  return { fields: SOURCE_FIELDS, first: CLOSED, state, sort: 'UPDATED_DESC' }
}

async function askHead(client: Client, repository: RepositoryId, name: string): Promise<ProjectAnswer> {
  const query = new ProjectQuery(repository.path)
  query.head('b0', { kind: 'branch', name })
  return await ask(client, repository, query, 'ReadHead', missingBranch)
}

async function readRequests(
  client: Client,
  repository: RepositoryId,
  project: ProjectAnswer,
  marker: string,
  me: Me,
): Promise<{ open: Listing<SourcePullRequest>; closed: SourcePullRequest[] }> {
  const convert = async (requests: SourceRequest[]) => {
    const pulls: SourcePullRequest[] = []
    for (const request of requests) {
      const pull = await toPullRequest(client, repository, request, project, marker, me)
      if (pull !== null) pulls.push(pull)
    }
    return pulls
  }
  const { requests, whole } = await readOpen(client, repository, project)
  const items = await convert(requests)
  const ended = [project.closed, project.merged].flatMap((page) => sourceRequestsSchema.parse(page).nodes)
  const recent = ended.toSorted((a, b) => Date.parse(b.updatedAt) - Date.parse(a.updatedAt)).slice(0, CLOSED)
  return {
    // one whose head GitLab does not know yet is there all the same
    open: { complete: whole && items.length === requests.length, items },
    closed: await convert(recent),
  }
}

/**
 * Two pages at a time, of the newest and of the oldest, until one of these listings ends, they meet, or together they
 * have as many as GitLab has counted all the time.
 */
async function readOpen(
  client: Client,
  repository: RepositoryId,
  project: ProjectAnswer,
): Promise<{ requests: SourceRequest[]; whole: boolean }> {
  const newest = new Map<number, SourceRequest>()
  const oldest = new Map<number, SourceRequest>()
  const counts = new Set<number | undefined>()
  const take = (found: Map<number, SourceRequest>, answer: unknown): string | null => {
    const { nodes, pageInfo, count } = sourceRequestsSchema.parse(answer)
    counts.add(count)
    for (const request of nodes) found.set(request.iid, request)
    return pageInfo.hasNextPage ? (pageInfo.endCursor ?? null) : null
  }
  let newer = take(newest, project.open)
  let older: string | null = null
  for (let pages = 1; newer !== null && pages < MOST_PAGES; pages++) {
    const query = new ProjectQuery(repository.path)
    query.mergeRequests('open', openPage(newer))
    query.mergeRequests('oldest', { ...openPage(older), sort: 'CREATED_ASC' })
    const answer = await ask(client, repository, query, 'ReadPage')
    newer = take(newest, answer.open)
    older = take(oldest, answer.oldest)
    const isAll = counts.size === 1 && counts.has(newest.size + oldest.size)
    if (older === null || isAll || [...oldest.keys()].some((iid) => newest.has(iid))) newer = null
  }
  return { requests: [...new Map([...oldest, ...newest]).values()], whole: newer === null }
}

const refSchema = z.object({ name: z.string(), commit: z.object({ id: z.string() }).nullish() })

/**
 * Annotated tags come with the commit that they name; a tag of something else has none.
 * https://docs.gitlab.com/api/tags/#list-all-project-repository-tags
 */
async function readTags(client: Client, repository: RepositoryId): Promise<Listing<Tag>> {
  const page = { perPage: PER_PAGE, maxPages: MOST_PAGES }
  const found = z.array(refSchema).parse(await client.rest.tags.all(repository.path, page))
  const items = found.flatMap(({ name, commit }) =>
    commit === null || commit === undefined ? [] : [{ name, commit: commit.id }],
  )
  return { complete: found.length < PER_PAGE * MOST_PAGES, items }
}

/**
 * By names and not by numbers of pages: a branch that is deleted meanwhile would otherwise hide another one, and what
 * is not listed loses its preview. https://docs.gitlab.com/api/branches/#list-repository-branches
 */
async function readLiveBranches(client: Client, repository: RepositoryId): Promise<Listing<LiveBranch>> {
  const items: LiveBranch[] = []
  let complete = true
  for (let pages = 0, token: string | null = null; ; pages++) {
    const from: object = token === null ? {} : { pageToken: token }
    const query = { pagination: 'keyset' as const, perPage: PER_PAGE, maxPages: 1, ...from }
    const page: z.infer<typeof refSchema>[] = z
      .array(refSchema)
      .parse(await client.rest.branches.all(repository.path, query))
    for (const { name, commit } of page) {
      if (commit === null || commit === undefined) complete = false
      else items.push({ name, head: commit.id })
    }
    token = page.at(-1)?.name ?? null
    if (page.length < PER_PAGE) return { complete, items }
    if (pages === MOST_PAGES) return { complete: false, items }
  }
}
