import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { Check } from '../checks.ts'
import { worst } from '../shared/checks.ts'
import { Declarations } from '../shared/declarations.ts'
import type { Session } from './client.ts'

/** The newest that one source says of a commit by one name. */
export interface CheckReport extends Check {
  /** Who reports it: an app by its slug, a person by `@login`; null for an account that is gone. */
  source: string | null
  /** Id of the app; null where GitHub does not tell it. */
  app: number | null
  kind: 'run' | 'status'
  /** ISO 8601; null for a run that has not begun. */
  at: string | null
}

/** Commits in one document. */
const COMMITS = 20

/** https://docs.github.com/en/graphql/reference/objects#statuscheckrollup */
const FIELDS = `nodes { __typename
    ... on CheckRun { name status conclusion startedAt permalink checkSuite { app { databaseId slug } } }
    ... on StatusContext { context state createdAt targetUrl creator { __typename login } }
  } pageInfo { hasNextPage endCursor }`

const contextSchema = z.discriminatedUnion('__typename', [
  z.object({
    __typename: z.literal('CheckRun'),
    name: z.string(),
    status: z.string(),
    conclusion: z.string().nullish(),
    startedAt: z.string().nullish(),
    permalink: z.string(),
    checkSuite: z.object({ app: z.object({ databaseId: z.number().nullish(), slug: z.string() }).nullish() }),
  }),
  z.object({
    __typename: z.literal('StatusContext'),
    context: z.string(),
    state: z.string(),
    createdAt: z.string(),
    targetUrl: z.string().nullish(),
    creator: z.object({ __typename: z.string(), login: z.string() }).nullish(),
  }),
])

type Context = z.infer<typeof contextSchema>

const answerSchema = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.record(
    z.string(),
    z
      .object({
        statusCheckRollup: z
          .object({
            contexts: z.object({
              nodes: z.array(contextSchema),
              pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
            }),
          })
          .nullish(),
      })
      .nullable(),
  ),
})

/**
 * Everything that is reported on commits: 20 of them in one request with a hundred reports each, and further pages
 * together with those of the others.
 */
export async function readReports(
  session: Session,
  commits: readonly Oid[],
): Promise<{ viewer: string; reports: Map<Oid, CheckReport[]> }> {
  const found = new Map<Oid, Context[]>(commits.map((oid) => [oid, []]))
  let viewer = ''
  let wanted = [...found.keys()].map((oid): Page => ({ oid, after: null }))
  while (wanted.length > 0) {
    const asked = wanted.slice(0, COMMITS)
    const answer = await readPages(session, asked)
    viewer = answer.viewer.login
    const more = asked.flatMap(({ oid }, i): Page[] => {
      const contexts = answer.repository[`c${i}`]?.statusCheckRollup?.contexts
      found.get(oid)?.push(...(contexts?.nodes ?? []))
      return contexts?.pageInfo.hasNextPage === true
        ? [{ oid, after: contexts.pageInfo.endCursor ?? null }]
        : []
    })
    wanted = [...wanted.slice(COMMITS), ...more]
  }
  const reports = new Map([...found].map(([oid, contexts]) => [oid, newest(contexts.map(toReport))]))
  return { viewer, reports }
}

interface Page {
  oid: Oid
  after: string | null
}

async function readPages(session: Session, pages: readonly Page[]): Promise<z.infer<typeof answerSchema>> {
  const declared = new Declarations()
  const aliases = pages.map(({ oid, after }, i) => {
    const next = after === null ? '' : `, after: ${declared.add('String', after)}`
    return `c${i}: object(oid: ${declared.add('GitObjectID!', oid)}) { ... on Commit {
      statusCheckRollup { contexts(first: 100${next}) { ...Reports } } } }`
  })
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const document = `query ReadChecks${declared} { viewer { login }
    repository(owner: ${owner}, name: ${name}) { ${aliases.join('\n')} } }
    fragment Reports on StatusCheckRollupContextConnection { ${FIELDS} }`
  return answerSchema.parse(await session.query(document, declared.values))
}

function toReport(context: Context): CheckReport {
  if (context.__typename === 'CheckRun') {
    const { name, status, conclusion, startedAt, permalink, checkSuite } = context
    const { databaseId = null, slug = null } = checkSuite.app ?? {}
    const state = status === 'COMPLETED' ? stateOf(conclusion ?? '') : 'pending'
    return { kind: 'run', name, state, url: permalink, source: slug, app: databaseId, at: startedAt ?? null }
  }
  const { context: name, state, targetUrl, creator, createdAt } = context
  return {
    kind: 'status',
    name,
    state: state === 'EXPECTED' || state === 'PENDING' ? 'pending' : stateOf(state),
    url: targetUrl ?? null,
    source: creator == null ? null : sourceOf(creator),
    app: null,
    at: createdAt,
  }
}

/** A bot's login is its app's slug; GraphQL leaves out the `[bot]` behind it. */
function sourceOf({ __typename, login }: { __typename: string; login: string }): string {
  return __typename === 'Bot' ? login.replace(/\[bot\]$/, '') : `@${login}`
}

/**
 * Conclusions with which a required check is content; every other end is a failure.
 * https://docs.github.com/en/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/about-status-checks
 */
function stateOf(conclusion: string): 'passed' | 'failed' {
  return ['SUCCESS', 'NEUTRAL', 'SKIPPED'].includes(conclusion) ? 'passed' : 'failed'
}

/** Of the reports by one name from one source the one that began last; of two that began together the worse one. */
function newest(reports: readonly CheckReport[]): CheckReport[] {
  const found = new Map<string, CheckReport>()
  for (const report of reports) {
    const source = report.kind === 'status' ? 'status' : `run of ${report.source}`
    const key = `${source} ${report.name}`
    const known = found.get(key)
    if (known === undefined || replaces(report, known)) found.set(key, report)
  }
  return [...found.values()]
}

function replaces(report: CheckReport, known: CheckReport): boolean {
  // what has not begun yet is the newest
  const [time, before] = [report, known].map(({ at }) =>
    at === null ? Number.POSITIVE_INFINITY : Date.parse(at),
  )
  if (time === undefined || before === undefined) return false
  return time > before || (time === before && worst([report.state, known.state]) !== known.state)
}
