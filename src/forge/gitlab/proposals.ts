import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Proposal, ProposalQuery } from '../forge.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { commitKey, type Memory } from './memory.ts'
import { ask } from './project.ts'
import {
  aliasSchemas,
  type Blob,
  type MergeRequestPage,
  mergeRequestsSchema,
  type ProjectAnswer,
  ProjectQuery,
} from './project-query.ts'
import { readReport } from './report.ts'
import { readTexts } from './texts.ts'

/** The open merge requests with the newest changes; as many as `RepositorySnapshot.proposals` promises. */
export const proposalPage: MergeRequestPage = {
  // https://docs.gitlab.com/api/graphql/reference/#diffrefs
  fields: { name: 'Proposal', text: 'iid sourceBranch diffHeadSha diffRefs { baseSha }', cost: 6 },
  first: 50,
  state: 'opened',
  sort: 'UPDATED_DESC',
}

const pageSchema = mergeRequestsSchema(
  z.object({
    iid: z.coerce.number(),
    sourceBranch: z.string(),
    diffHeadSha: z.string().nullish(),
    diffRefs: z.object({ baseSha: z.string().nullish() }).nullish(),
  }),
)

/**
 * Reads on where the heads of merge requests have other files than the default branch, and than what they began with.
 * What a commit holds is asked once, for 17 commits in one request; then for each merge request that changes a file its
 * texts, and whether it has a report.
 * @param present object ids on the default branch, by path
 */
export async function readProposals(
  client: Client,
  repository: RepositoryId,
  project: ProjectAnswer,
  present: ReadonlyMap<string, Oid | null>,
  { mostBytes }: ProposalQuery,
  me: Me,
  memory: Memory,
): Promise<Proposal[]> {
  const paths = [...present.keys()]
  const open = pageSchema.parse(project.proposals).nodes.flatMap((request) => {
    const { iid: number, sourceBranch: branch, diffHeadSha: head, diffRefs } = request
    // GitLab does not know the head of a new one at once
    if (typeof head !== 'string') return []
    const key = commitKey(repository, head)
    // what this process has made itself was judged before
    if (memory.reported.get(key) === true || memory.heads.get(key)?.ours === true) return []
    return [{ number, branch, head, base: diffRefs?.baseSha ?? null }]
  })
  const entriesAt = (commits: readonly Oid[]) => readEntries(client, repository, commits, paths, memory)
  const heads = await entriesAt(open.map(({ head }) => head))
  const other = open.filter(({ head }) =>
    paths.some((path) => oidIn(heads, head, path) !== present.get(path)),
  )
  const bases = await entriesAt(other.flatMap(({ base }) => base ?? []))
  const proposals: Proposal[] = []
  for (const { number, branch, head, base } of other) {
    const changed = paths.filter((path) => {
      const oid = oidIn(heads, head, path)
      const own = base === null || oid !== oidIn(bases, base, path)
      return own && oid !== present.get(path)
    })
    if (changed.length === 0) continue
    if ((await readReport(client, repository, head, branch, me, memory)) !== null) {
      memory.reported.set(commitKey(repository, head), true)
      continue
    }
    const files = changed.flatMap((path) => heads.get(head)?.get(path) ?? [])
    const isLarge = ({ rawSize }: Blob) => (rawSize ?? 0) > mostBytes
    const readable = files.filter((file) => !isLarge(file))
    const texts = await readTexts(client, repository, head, readable, memory)
    proposals.push({
      number,
      branch,
      head,
      files: Object.fromEntries(
        changed.map((path) => [path, texts.get(oidIn(heads, head, path) ?? '') ?? null]),
      ),
      tooLarge: files.filter(isLarge).map(({ path }) => path),
    })
  }
  return proposals
}

type Entries = Map<string, Blob>

function oidIn(commits: ReadonlyMap<Oid, Entries>, commit: Oid, path: string): Oid | null {
  return commits.get(commit)?.get(path)?.oid ?? null
}

/** What commits have at some paths, by commit and path: from memory, else one request for as many as it may ask. */
async function readEntries(
  client: Client,
  repository: RepositoryId,
  commits: readonly Oid[],
  paths: readonly string[],
  memory: Memory,
): Promise<Map<Oid, Entries>> {
  const keyOf = (oid: Oid) => `${commitKey(repository, oid)} ${paths.join(' ')}`
  const known = new Map<Oid, Entries>()
  let missing = [...new Set(commits)].filter((oid) => {
    const entries = memory.entries.get(keyOf(oid))
    if (entries !== undefined) known.set(oid, entries)
    return entries === undefined
  })
  while (missing.length > 0) {
    const query = new ProjectQuery(repository.path)
    const asked = missing.filter((oid, i) => query.blobs(`h${i}`, { kind: 'commit', oid }, paths, false))
    const project = await ask(client, repository, query, 'ReadProposals')
    for (const [i, oid] of asked.entries()) {
      const blobs = aliasSchemas.blobs.parse(project.repository?.[`h${i}`])
      const entries = new Map(blobs.map((blob) => [blob.path, blob]))
      memory.entries.set(keyOf(oid), entries)
      known.set(oid, entries)
    }
    missing = missing.slice(asked.length)
  }
  return known
}
