import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { FileChange } from '../forge.ts'
import { Declarations } from '../shared/declarations.ts'
import type { Session } from './client.ts'
import {
  type BaseFacts,
  baseMemoryKey,
  METHOD_FIELDS,
  type Memory,
  methodsOf,
  pullMemoryKey,
  type RepositoryFacts,
  repositoryMemoryKey,
} from './memory.ts'

const REPOSITORY = `query ReadFacts($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { id ${METHOD_FIELDS} } }`

const repositorySchema = z.object({
  repository: z.object({
    id: z.string(),
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    rebaseMergeAllowed: z.boolean(),
  }),
})

/** From memory, else one request. */
export async function repositoryFacts(
  session: Session,
  repository: RepositoryId,
  memory: Memory,
): Promise<RepositoryFacts> {
  const known = memory.repository.get(repositoryMemoryKey(repository))
  if (known !== undefined) return known
  const answer = await session.query(REPOSITORY, { owner: session.owner, name: session.repo })
  const { repository: found } = repositorySchema.parse(answer)
  const facts = { nodeId: found.id, methods: methodsOf(found) }
  memory.repository.set(repositoryMemoryKey(repository), facts)
  return facts
}

const PULL = `query ReadPull($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { id } } }`

const pullSchema = z.object({ repository: z.object({ pullRequest: z.object({ id: z.string() }) }) })

/** The node id of a pull request: from memory, else one request. */
export async function pullNodeId(
  session: Session,
  repository: RepositoryId,
  number: number,
  memory: Memory,
): Promise<string> {
  const key = pullMemoryKey(repository, number)
  const known = memory.pull.get(key)
  if (known !== undefined) return known
  const answer = await session.query(PULL, { owner: session.owner, name: session.repo, number })
  const { id } = pullSchema.parse(answer).repository.pullRequest
  memory.pull.set(key, id)
  return id
}

const baseSchema = z.object({
  repository: z.object({
    object: z.looseObject({ tree: z.object({ oid: z.string() }).optional() }).nullable(),
  }),
})
const modeSchema = z.object({ mode: z.number(), type: z.string() }).nullish()

/** The tree of a commit and the modes of the files to be changed: from memory, else one request. */
export async function baseFacts(
  session: Session,
  repository: RepositoryId,
  oid: Oid,
  changes: FileChange[],
  memory: Memory,
): Promise<BaseFacts> {
  const known = memory.base.get(baseMemoryKey(repository, oid))
  if (known !== undefined && changes.every((change) => isKnown(known, change))) return known
  const declared = new Declarations()
  const files = changes.map(
    ({ path }, i) => `f${i}: file(path: ${declared.add('String!', path)}) { mode type }`,
  )
  const owner = declared.add('String!', session.owner)
  const name = declared.add('String!', session.repo)
  const object = `object(oid: ${declared.add('GitObjectID!', oid)}) { ... on Commit { tree { oid } ${files.join(' ')} } }`
  const document = `query ReadBase${declared} { repository(owner: ${owner}, name: ${name}) { ${object} } }`
  const commit = baseSchema.parse(await session.query(document, declared.values)).repository.object
  if (commit?.tree === undefined) {
    throw new SupercargoError(`${repository.path} no longer holds the commit ${oid}.`, {
      code: 'commit-not-found',
      kind: 'conflict',
    })
  }
  const modes = new Map<string, string>()
  changes.forEach(({ path }, i) => {
    const entry = modeSchema.parse(commit[`f${i}`])
    if (entry?.type === 'blob') modes.set(path, entry.mode.toString(8))
  })
  return { tree: commit.tree.oid, modes, covered: changes.map(({ path }) => path) }
}

function isKnown(facts: BaseFacts, { path }: FileChange): boolean {
  return facts.covered.some(
    (directory) => directory === '' || path === directory || path.startsWith(`${directory}/`),
  )
}
