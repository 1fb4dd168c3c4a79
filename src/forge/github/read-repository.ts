import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ProposalQuery, RepositorySnapshot } from '../forge.ts'
import { Declarations } from '../shared/declarations.ts'
import { completeTexts } from './blob.ts'
import type { Session } from './client.ts'
import type { GraphQLProblem } from './graphql.ts'
import { METHOD_FIELDS, type Memory, methodsOf, repositoryMemoryKey } from './memory.ts'
import { hiddenProposals, proposalFields, proposalsSchema, readProposals } from './proposals.ts'
import { REPORT_FIELDS, readReport, suitesSchema } from './report.ts'
import { BLOB_FRAGMENT, entrySchema, type FoundFile, walkEntry } from './tree.ts'

const answerSchema = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.object({
    id: z.string(),
    nameWithOwner: z.string(),
    url: z.string(),
    isPrivate: z.boolean(),
    isArchived: z.boolean(),
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    rebaseMergeAllowed: z.boolean(),
    defaultBranchRef: z
      .object({
        name: z.string(),
        target: z.looseObject({ oid: z.string(), checkSuites: suitesSchema }).nullable(),
      })
      .nullable(),
    proposals: proposalsSchema,
  }),
})

/** The default branch's head, some of its files, and the bot's report on it: one request. */
export async function readRepository(
  session: Session,
  repository: RepositoryId,
  files: readonly string[],
  memory: Memory,
  proposals?: ProposalQuery,
): Promise<RepositorySnapshot> {
  const data = await ask(session, files, proposals !== undefined)
  const answer = answerSchema.parse(data.repository === null ? await ask(session, files, false) : data)
  const found = answer.repository
  const commit = found.defaultBranchRef?.target ?? null
  memory.repository.set(repositoryMemoryKey(repository), { nodeId: found.id, methods: methodsOf(found) })
  const texts = files.map((path, i) => readFile(commit?.[`f${i}`], path))
  await completeTexts(
    session,
    texts.filter((text) => text !== null),
    memory.blobs,
  )
  const present = new Map(files.map((path, i) => [path, texts[i]?.file.oid ?? null]))
  const { login } = answer.viewer
  // only apps may write reports, and whoever may not read them cannot write them either
  const told = proposals !== undefined && login.endsWith('[bot]') && commit?.checkSuites != null
  return {
    id: found.id,
    repository: { forge: repository.forge, path: found.nameWithOwner },
    url: found.url,
    compareUrl: `${found.url}/compare/{base}...{head}`,
    private: found.isPrivate,
    archived: found.isArchived,
    // an empty repository has no branch; its name is not told
    defaultBranch: found.defaultBranchRef?.name ?? 'main',
    head: commit?.oid ?? null,
    files: Object.fromEntries(files.map((path, i) => [path, texts[i]?.file.text ?? null])),
    report: readReport(commit?.checkSuites, login, memory),
    proposals: told
      ? await readProposals(session, repository, found.proposals, present, proposals, memory)
      : [],
  }
}

const dataSchema = z.looseObject({ repository: z.unknown() })

async function ask(session: Session, files: readonly string[], proposals: boolean) {
  const declared = new Declarations()
  const aliases = files.map(
    (path, i) =>
      `f${i}: file(path: ${declared.add('String!', path)}) { name mode type oid object { ...BlobText } }`,
  )
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const document = `query ReadRepository${declared} { viewer { login }
    repository(owner: ${owner}, name: ${name}) {
      id nameWithOwner url isPrivate isArchived ${METHOD_FIELDS}
      defaultBranchRef { name target { oid ... on Commit { ${aliases.join('\n')} ${REPORT_FIELDS} } } }
      ${proposals ? proposalFields(files, declared) : ''}
    } }${files.length === 0 ? '' : `\n${BLOB_FRAGMENT}`}`
  return dataSchema.parse(
    await session.query(
      document,
      declared.values,
      (problem) => hiddenChecks(problem) || (proposals && hiddenProposals(problem)),
    ),
  )
}

/** A token that may not read checks cannot write reports either; the rest is worth reading. */
function hiddenChecks(problem: GraphQLProblem): boolean {
  return problem.type === 'FORBIDDEN' && problem.path.includes('checkSuites')
}

function readFile(value: unknown, path: string): FoundFile | null {
  const entry = entrySchema.nullish().parse(value)
  return entry?.type === 'blob' ? (walkEntry(entry, path, true).files[0] ?? null) : null
}
