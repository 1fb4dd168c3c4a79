import { z } from 'zod'
import type {
  BranchHistory,
  Comment,
  Listing,
  SourcePullRequest,
  SourceQuery,
  SourceSnapshot,
  Tag,
} from '../forge.ts'
import { hiddenPullRequest } from './associated-pulls.ts'
import type { Session } from './client.ts'
import {
  commentsDocument,
  commentsSchema,
  historySchema,
  type ListingName,
  oneListingSchema,
  type Peeled,
  pageDocument,
  pageSchemas,
  type SourcePull,
  sourceDocument,
  sourceSchema,
} from './source-document.ts'

/** Pages of one listing after which reading gives up, and says that it is not complete. */
const MOST_PAGES = 200
/** The promise of `SourceSnapshot.closedPullRequests`. */
const CLOSED = 20
const CLOSED_PAGES = 5
const PULLS_PER_REQUEST = 20

/** Reads an application repository as `Forge.readSource` promises: one request where every listing is short. */
export async function readSource(session: Session, query: SourceQuery): Promise<SourceSnapshot> {
  const [document, variables] = sourceDocument(session.owner, session.repo, query)
  const { repository: answer } = sourceSchema.parse(
    await session.query(document, variables, hiddenPullRequest),
  )
  const branches = query.branches.map(({ name, paths }, i) => [name, readHistory(answer[`b${i}`], paths)])
  const tags = query.tags ? await readOn(session, 'tags', answer) : NOTHING
  const live = query.liveBranches ? await readOn(session, 'live', answer) : NOTHING
  const open = query.pullRequests ? await readOn(session, 'pulls', answer) : NOTHING
  const closed = query.pullRequests ? await readOn(session, 'closed', answer, enoughClosed) : NOTHING
  const recent = [...closed.items].sort((a, b) => closedAt(b) - closedAt(a)).slice(0, CLOSED)
  const comments = await readComments(session, [...open.items, ...recent], query.commentMarker)
  const toPull = (pull: SourcePull) => toPullRequest(pull, comments.get(pull.number) ?? null)
  return {
    branches: Object.fromEntries(branches),
    tags: {
      complete: tags.complete && tags.items.every(isWhole),
      items: tags.items.flatMap(({ name, target }): Tag[] => {
        const commit = peel(target)
        return commit === null ? [] : [{ name, commit }]
      }),
    },
    liveBranches: {
      complete: live.complete && live.items.every(isWhole),
      items: live.items.flatMap(({ name, target }) => (target === null ? [] : [{ name, head: target.oid }])),
    },
    pullRequests: { complete: open.complete, items: open.items.map(toPull) },
    closedPullRequests: recent.map(toPull),
  }
}

/** A reference whose commit GitHub does not tell at the moment is there all the same. */
function isWhole({ target }: { target: unknown }): boolean {
  return target !== null
}

/** What was not asked for was not read: nobody may take it for all there is. */
const NOTHING = { complete: false, items: [] }

type Item<L extends ListingName> = z.infer<(typeof pageSchemas)[L]>['nodes'][number]

/** Every page of a listing, from the one at hand on. A page that fails throws. */
async function readOn<L extends ListingName>(
  session: Session,
  listing: L,
  first: Record<string, unknown>,
  enough: (items: Item<L>[], pages: number) => boolean = () => false,
): Promise<Listing<Item<L>>> {
  const items: Item<L>[] = []
  let answer = first
  for (let pages = 1; ; pages++) {
    const page = pageSchemas[listing].parse(answer[listing])
    items.push(...(page.nodes as Item<L>[]))
    if (!page.pageInfo.hasNextPage || enough(items, pages)) return { complete: true, items }
    if (pages === MOST_PAGES) return { complete: false, items }
    const [document, variables] = pageDocument(session.owner, session.repo, listing, page.pageInfo.endCursor)
    answer = oneListingSchema.parse(await session.query(document, variables)).repository
  }
}

/** The pages come by last update: what was not read was closed before the last update that was. */
function enoughClosed(items: SourcePull[], pages: number): boolean {
  const seen = Date.parse(items.at(-1)?.updatedAt ?? '')
  return pages === CLOSED_PAGES || items.filter((pull) => closedAt(pull) >= seen).length >= CLOSED
}

function closedAt(pull: SourcePull): number {
  return Date.parse(pull.closedAt ?? pull.updatedAt)
}

const pathSchema = z.object({ oid: z.string() }).nullish()

function readHistory(value: unknown, paths: string[]): BranchHistory | null {
  const target = historySchema.parse(value)?.target ?? null
  if (target === null) return null
  return {
    head: target.oid,
    commits: target.history.nodes.map((commit) => ({
      oid: commit.oid,
      parents: commit.parents.nodes.map(({ oid }) => oid),
      headline: commit.messageHeadline,
      authorName: commit.author?.name ?? '',
      authorEmail: commit.author?.email ?? '',
      authorLogin: commit.author?.user?.login ?? null,
      committedAt: commit.committedDate,
      url: commit.url,
      pullRequests: commit.associatedPullRequests,
      pathOids: Object.fromEntries(
        paths.map((path, j) => [path, pathSchema.parse(commit[`p${j}`])?.oid ?? null]),
      ),
    })),
  }
}

/** The bot's own comment on one pull request that holds the marker. */
export async function findComment(session: Session, number: number, marker: string): Promise<Comment | null> {
  const unread = { nodes: [], pageInfo: { hasNextPage: true, endCursor: null } }
  return (await readComments(session, [{ number, comments: unread }], marker)).get(number) ?? null
}

/** The bot's own comment on each pull request, by number; reads on where the first comments do not hold it. */
async function readComments(
  session: Session,
  pulls: readonly Pick<SourcePull, 'number' | 'comments'>[],
  marker: string,
): Promise<Map<number, Comment>> {
  const found = new Map<number, Comment>()
  let pending = pulls.map(({ number, comments }) => ({ number, comments }))
  for (;;) {
    for (const { number, comments } of pending) {
      const own = comments.nodes.find(({ viewerDidAuthor, body }) => viewerDidAuthor && body.includes(marker))
      if (own !== undefined) found.set(number, { id: own.id, body: own.body })
    }
    const rest = pending.filter(({ number, comments }) => comments.pageInfo.hasNextPage && !found.has(number))
    if (rest.length === 0) return found
    pending = []
    for (let start = 0; start < rest.length; start += PULLS_PER_REQUEST) {
      const some = rest.slice(start, start + PULLS_PER_REQUEST)
      const asked = some.map(({ number, comments }) => ({ number, after: comments.pageInfo.endCursor }))
      const [document, variables] = commentsDocument(session.owner, session.repo, asked)
      const { repository } = moreCommentsSchema.parse(await session.query(document, variables))
      some.forEach(({ number }, i) => {
        const comments = repository[`n${i}`]?.comments
        if (comments !== undefined) pending.push({ number, comments })
      })
    }
  }
}

const moreCommentsSchema = z.object({
  repository: z.record(z.string(), z.object({ comments: commentsSchema })),
})

function toPullRequest(pull: SourcePull, comment: Comment | null): SourcePullRequest {
  return {
    number: pull.number,
    title: pull.title,
    url: pull.url,
    authorLogin: pull.author?.login ?? null,
    byBot: pull.author?.__typename === 'Bot',
    activeAt: activeAt(pull),
    branch: pull.headRefName,
    head: pull.headRefOid,
    fork: pull.isCrossRepository,
    draft: pull.isDraft,
    state: pull.state === 'OPEN' ? 'open' : pull.state === 'MERGED' ? 'merged' : 'closed',
    labels: pull.labels?.nodes.map(({ name }) => name) ?? [],
    comment,
  }
}

/** The date of a commit is whatever its author wrote: it counts up to the last change that GitHub itself saw. */
function activeAt({ createdAt, updatedAt, commits, timelineItems }: SourcePull): string {
  const committed = commits.nodes.map(({ commit }) => Date.parse(commit.committedDate))
  const seen = [createdAt, ...timelineItems.nodes.map((event) => event.createdAt)].map((time) =>
    Date.parse(time),
  )
  const latest = Math.max(...seen, ...committed.map((time) => Math.min(time, Date.parse(updatedAt))))
  return new Date(latest).toISOString()
}

/** The commit that a tag names; null for a tag of something else. */
function peel(target: Peeled | null): string | null {
  let current: Peeled | null = target
  while (current?.__typename === 'Tag') current = current.target ?? null
  return current?.__typename === 'Commit' ? current.oid : null
}
