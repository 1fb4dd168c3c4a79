import { createHash } from 'node:crypto'
import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { ForgeId } from '../../domain/repository.ts'
import type { Look } from '../glance.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client, Session } from './client.ts'
import type { Access } from './tokens.ts'

/** GitHub gives so many repositories on a page, and takes so many ids. */
const TOGETHER = 100

interface Listed {
  node_id: string
  full_name: string
  archived: boolean
  default_branch: string
  /** Of the last push, to whichever branch or tag. */
  pushed_at: string | null
}

/** So much later, in milliseconds, nothing more can come of what happened in a second that is told. */
const YOUNG = 60_000

/** Every repository of every installation that is not suspended, or everything that a plain token may see. */
export async function glance(client: Client, forge: ForgeId, now: Date): Promise<Look> {
  const { app, plain } = client.tokens
  const { found, failures } =
    app === null ? { found: await ofToken(client, plain), failures: [] } : await ofApp(client, app)
  const seen = [...found].map(([path, { repository, news }]) => ({
    repository: { forge, path },
    mark: markOf(repository, news, now),
  }))
  return { seen, failures }
}

/** By the name of the repository. */
type Seen = Map<string, { repository: Listed; news: News }>

/** Each installation has limits of its own: one that fails keeps nothing from the others. Throws when all fail. */
async function ofApp(client: Client, app: Access): Promise<{ found: Seen; failures: unknown[] }> {
  const session = client.sessionOf(app, 'the app')
  const installations = await allPages(async (page) => {
    const { data } = await session.read((request) =>
      request('GET /app/installations', { per_page: TOGETHER, page }),
    )
    return data
  })
  const active = installations.filter(({ suspended_at: at }) => at === null || at === undefined)
  const found: Seen = new Map()
  const failures: unknown[] = []
  for (const { id } of active) {
    const what = `installation ${id}`
    try {
      const listed = await ofInstallation(
        client.sessionOf(client.tokens.forInstallation(id, 'listing'), what),
      )
      const looking = client.sessionOf(client.tokens.forInstallation(id, 'glance'), what)
      for (const [path, each] of await lookAt(looking, listed)) found.set(path, each)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0 && failures.length === active.length) throw failures[0]
  return { found, failures }
}

async function ofToken(client: Client, access: Access | null): Promise<Seen> {
  if (access === null) return new Map()
  const session = client.sessionOf(access, 'the token')
  try {
    const repositories = await allPages(async (page) => {
      const { data } = await session.read((request) =>
        request('GET /user/repos', { per_page: TOGETHER, page }),
      )
      return data
    })
    return await lookAt(session, repositories)
  } catch (error) {
    // the token of a workflow belongs to an installation and to no user
    if (statusOf(error) !== 403 && statusOf(error) !== 404) throw error
    return await lookAt(session, await ofInstallation(session))
  }
}

async function ofInstallation(session: Session): Promise<Listed[]> {
  return await allPages(async (page) => {
    const { data } = await session.read((request) =>
      request('GET /installation/repositories', { per_page: TOGETHER, page }),
    )
    return data.repositories
  })
}

/** A short page is the last one. A page that cannot be read throws: there are no lists with holes. */
async function allPages<T>(read: (page: number) => Promise<T[]>): Promise<T[]> {
  const items: T[] = []
  for (let page = 1; ; page++) {
    const some = await read(page)
    items.push(...some)
    if (some.length < TOGETHER) return items
  }
}

/** What the listing does not tell is the news of pull requests. */
async function lookAt(session: Session, listed: readonly Listed[]): Promise<Seen> {
  const seen: Seen = new Map()
  for (let at = 0; at < listed.length; at += TOGETHER) {
    const some = listed.slice(at, at + TOGETHER)
    const news = await newsOfPulls(
      session,
      some.map(({ node_id }) => node_id),
    )
    for (const [index, repository] of some.entries()) {
      seen.set(repository.full_name, { repository, news: news[index] ?? null })
    }
  }
  return seen
}

const DOCUMENT = `query Glance($ids: [ID!]!) { nodes(ids: $ids) { ... on Repository {
  pullRequests(first: 1, orderBy: { field: UPDATED_AT, direction: DESC }) { totalCount nodes { updatedAt } } } } }`

const answerSchema = z.object({
  nodes: z.array(
    z
      .object({
        pullRequests: z
          .object({ totalCount: z.number(), nodes: z.array(z.object({ updatedAt: z.string() })) })
          .nullish(),
      })
      .nullable(),
  ),
})

type News = { totalCount: number; nodes: { updatedAt: string }[] } | null

/** Null for each repository whose pull requests cannot be seen: it is visited, which costs more but misses nothing. */
async function newsOfPulls(session: Session, ids: readonly string[]): Promise<News[]> {
  try {
    const answer = answerSchema.safeParse(await session.query(DOCUMENT, { ids }, () => true))
    return ids.map((_, index) => answer.data?.nodes[index]?.pullRequests ?? null)
  } catch (error) {
    if (!(error instanceof SupercargoError) || error.code === 'rate-limited') throw error
    return ids.map(() => null)
  }
}

/**
 * Times are told in seconds, and not always at once. So what has just happened gives one mark while it is young, and
 * another one when it is not: it is looked at twice.
 */
function markOf(
  { full_name, archived, default_branch, pushed_at }: Listed,
  news: News,
  now: Date,
): string | null {
  if (news === null) return null
  const times = [pushed_at, news.nodes[0]?.updatedAt]
  const young = times.some((time) => typeof time === 'string' && now.getTime() - Date.parse(time) < YOUNG)
  const facts = [full_name, archived, default_branch, ...times, news.totalCount, young]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 24)
}
