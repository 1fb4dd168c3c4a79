import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Proposal } from '../forge.ts'
import { Declarations } from '../shared/declarations.ts'
import { completeTexts } from './blob.ts'
import type { Session } from './client.ts'
import { baseMemoryKey, type Memory } from './memory.ts'
import { REPORT_FIELDS, readReport, suitesSchema } from './report.ts'
import { BLOB_FRAGMENT, entrySchema, type FoundFile, walkEntry } from './tree.ts'

/** Pages of changed files: whoever opens pull requests must not use up the bot's requests. */
const MOST_PAGES = 3

/** A pull request whose head has other files than the default branch. */
export interface Candidate {
  number: number
  branch: string
  head: Oid
  /** For `Memory.unconcerned`. */
  key: string
}

/**
 * Which of some pull requests change files themselves, and what to: one request. Those that have a report, and those that
 * change nothing, are remembered.
 */
export async function readHeads(
  session: Session,
  repository: RepositoryId,
  candidates: readonly Candidate[],
  present: ReadonlyMap<string, Oid | null>,
  mostBytes: number,
  memory: Memory,
): Promise<Proposal[]> {
  const answer = await ask(session, candidates, [...present.keys()])
  const proposals: Proposal[] = []
  for (const [i, candidate] of candidates.entries()) {
    const commit = commitSchema.nullish().parse(answer.repository[`h${i}`])
    if (commit?.oid === undefined) continue
    if (readReport(commit.checkSuites, answer.viewer.login, memory) !== null) {
      memory.reported.set(baseMemoryKey(repository, candidate.head), true)
      continue
    }
    const differences = [...present].flatMap(([path, oid], j): Difference[] => {
      const file = fileOf(commit[`f${j}`], path)
      return (file?.file.oid ?? null) === oid ? [] : [{ path, file }]
    })
    const listed = pullSchema.nullish().parse(answer.repository[`n${i}`])?.files ?? NO_FILES
    const own = await ownOf(session, candidate.number, listed, differences)
    if (own.length === 0) memory.unconcerned.set(candidate.key, true)
    else proposals.push(await toProposal(session, candidate, own, mostBytes, memory))
  }
  return proposals
}

/** A path at which a head has something else than the default branch, or nothing. */
interface Difference {
  path: string
  file: SizedFile | null
}

type SizedFile = FoundFile & { bytes: number }

const CHANGED = 'nodes { path changeType } pageInfo { hasNextPage endCursor }'

const filesSchema = z.object({
  nodes: z.array(z.object({ path: z.string(), changeType: z.string() }).nullable()).nullable(),
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
})
const pullSchema = z.object({ files: filesSchema.nullable() })
const NO_FILES: z.infer<typeof filesSchema> = {
  nodes: [],
  pageInfo: { hasNextPage: false, endCursor: null },
}

const commitSchema = z.looseObject({ oid: z.string().optional(), checkSuites: suitesSchema })

const headsSchema = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.record(z.string(), z.unknown()),
})

async function ask(session: Session, candidates: readonly Candidate[], paths: readonly string[]) {
  const declared = new Declarations()
  const files = paths.map(
    (path, i) =>
      `f${i}: file(path: ${declared.add('String!', path)}) { name mode type oid object { ...BlobText } }`,
  )
  const heads = candidates.map(
    ({ number, head }, i) => `
    n${i}: pullRequest(number: ${declared.add('Int!', number)}) { files(first: 100) { ${CHANGED} } }
    h${i}: object(oid: ${declared.add('GitObjectID!', head)}) { ... on Commit { oid ${files.join('\n')} ${REPORT_FIELDS} } }`,
  )
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const document = `query ReadProposals${declared} { viewer { login }
    repository(owner: ${owner}, name: ${name}) { ${heads.join('')} } }\n${BLOB_FRAGMENT}`
  return headsSchema.parse(await session.query(document, declared.values))
}

const MORE = `query ReadChanged($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { files(first: 100, after: $after) { ${CHANGED} } } } }`
const moreSchema = z.object({ repository: z.object({ pullRequest: pullSchema.nullable() }) })

/**
 * Which differences are the pull request's own. A file that it moved away is listed under its new name only; where
 * it changes more than 300 files, what is not among these is taken for its own as well.
 */
async function ownOf(
  session: Session,
  number: number,
  first: z.infer<typeof filesSchema>,
  differences: readonly Difference[],
): Promise<Difference[]> {
  const paths = new Set<string>()
  let moves = false
  let page = first
  for (let pages = 1; ; pages++) {
    for (const node of page.nodes ?? []) {
      paths.add(node?.path ?? '')
      moves ||= node?.changeType === 'RENAMED'
    }
    const own = differences.filter(({ path, file }) => paths.has(path) || (file === null && moves))
    if (own.length === differences.length || !page.pageInfo.hasNextPage) return own
    if (pages === MOST_PAGES) return [...differences]
    const variables = { owner: session.owner, name: session.repo, number, after: page.pageInfo.endCursor }
    const { repository } = moreSchema.parse(await session.query(MORE, variables))
    page = repository.pullRequest?.files ?? NO_FILES
  }
}

async function toProposal(
  session: Session,
  { number, branch, head }: Candidate,
  changed: readonly Difference[],
  mostBytes: number,
  memory: Memory,
): Promise<Proposal> {
  const isLarge = ({ file }: Difference) => (file?.bytes ?? 0) > mostBytes
  const readable = changed.filter((each) => !isLarge(each)).flatMap(({ file }) => file ?? [])
  await completeTexts(session, readable, memory.blobs)
  const textOf = (each: Difference) => (isLarge(each) ? null : (each.file?.file.text ?? null))
  return {
    number,
    branch,
    head,
    files: Object.fromEntries(changed.map((each) => [each.path, textOf(each)])),
    tooLarge: changed.filter(isLarge).map(({ path }) => path),
  }
}

function fileOf(value: unknown, path: string): SizedFile | null {
  const entry = entrySchema.nullish().parse(value)
  if (entry?.type !== 'blob') return null
  const [found] = walkEntry(entry, path, true).files
  return found === undefined ? null : { ...found, bytes: entry.object?.byteSize ?? 0 }
}
