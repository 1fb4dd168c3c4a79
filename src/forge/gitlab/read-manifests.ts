import type { Oid } from '../../domain/commit.ts'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type {
  BotBranch,
  BranchState,
  ChangeRequest,
  ManifestFile,
  ManifestQuery,
  ManifestSnapshot,
  PathCommit,
} from '../forge.ts'
import { cleanPath, type Directory, directoriesOf, mergeDirectories } from '../shared/directories.ts'
import { headFacts } from './branch-heads.ts'
import { readBranchRequests } from './branch-requests.ts'
import type { Client } from './client.ts'
import { firstLook, missingBranch } from './first-look.ts'
import type { Me } from './identity.ts'
import { completeListings, type PartialListing } from './listings.ts'
import { filesBelow, knownListings, type Memory } from './memory.ts'
import { readPathHistory } from './path-history.ts'
import { ask } from './project.ts'
import { aliasSchemas, ProjectQuery } from './project-query.ts'
import { readStateBranch } from './state.ts'
import { readTexts } from './texts.ts'

/**
 * Reads a manifest repository as `Forge.readManifests` promises. One request is enough where what the branches hold is
 * in memory, as after the bot itself wrote it; a first pass, or one over what others have pushed, needs a few more.
 */
export async function readManifests(
  client: Client,
  repository: RepositoryId,
  query: ManifestQuery,
  me: Me,
  memory: Memory,
): Promise<ManifestSnapshot> {
  const directories = mergeDirectories(query.directories)
  const branches = [...new Set(query.changeRequestBranches)]
  const look = await firstLook(client, repository, query, directories, branches, me, memory)
  const { project, base } = look
  if (base === null) throw branchNotFound(repository, query.branch)
  const heads = await remainingHeads(client, repository, branches, look.heads)
  const listing = (commit: Oid, { path }: Directory): PartialListing =>
    look.partial.find((each) => each.commit === commit && each.path === path) ?? {
      commit,
      path,
      files: [],
      after: null,
    }
  const wanted = [
    ...directories.map((directory) => listing(base, directory)),
    ...[...heads].flatMap(([branch, head]) =>
      head === null ? [] : directoriesOf(query, directories, branch).map((each) => listing(head, each)),
    ),
  ]
  const [listed, requests, facts, history, state] = await Promise.all([
    completeListings(client, repository, wanted, memory),
    branches.length === 0 ? new Map() : readBranchRequests(client, repository, branches, project, me, memory),
    Promise.all(
      [...heads].map(async ([branch, head]) =>
        head === null
          ? null
          : ([branch, await headFacts(client, repository, base, head, me, memory)] as const),
      ),
    ),
    readHistories(client, repository, base, query, me, memory),
    query.state === undefined
      ? undefined
      : readStateBranch(client, repository, look.said, query.state, me, memory),
  ])
  const tree = filesBelow(memory, repository, base, directories)
  const readable = tree.filter(({ path }) =>
    directories.some((each) => each.texts && isBelow(path, each.path)),
  )
  const texts = await readTexts(client, repository, base, readable, memory)
  const wants = new Set(readable.map(({ path }) => path))
  const factsOf = new Map(facts.filter((each) => each !== null))
  const stateOf = (branch: string): BranchState => {
    const { open = null, closed = null, merged = null } = requests.get(branch) ?? {}
    const head = heads.get(branch) ?? null
    const known = factsOf.get(branch)
    if (head === null || known === undefined) return { branch: null, open, closed, merged }
    const files = filesBelow(memory, repository, head, directoriesOf(query, directories, branch))
    const bot: BotBranch = { head, ...known, tree: files.map(({ path, oid }) => ({ path, oid })) }
    return { branch: bot, open: openAt(open, head), closed, merged }
  }
  return {
    repository: { forge: repository.forge, path: project.fullPath },
    url: project.webUrl,
    private: project.visibility !== 'public',
    branch: query.branch ?? project.repository?.rootRef ?? 'main',
    base,
    files: Object.fromEntries(query.files.map((path) => [path, textAt(look.files, path, memory)])),
    tree: tree.map((file): ManifestFile => {
      const readable = wants.has(file.path) && file.mode.startsWith('100')
      return { ...file, text: readable ? (texts.get(file.oid) ?? null) : null }
    }),
    // a listing that is too large to be kept was not read either
    complete:
      listed && wanted.every(({ commit, path }) => knownListings(memory, repository, commit).has(path)),
    history,
    changeRequests: Object.fromEntries(branches.map((branch) => [branch, stateOf(branch)])),
    branches: look.prefixed,
    ...(state === undefined ? {} : { state }),
  }
}

/** GitLab learns of a push to the branch in the background; what it says of the commit before is not its answer. */
function openAt(open: ChangeRequest | null, head: Oid): ChangeRequest | null {
  return open === null || open.head === head ? open : { ...open, head, mergeability: 'pending' }
}

/** Heads that the first look had no room for. */
async function remainingHeads(
  client: Client,
  repository: RepositoryId,
  branches: readonly string[],
  known: ReadonlyMap<string, Oid | null>,
): Promise<Map<string, Oid | null>> {
  const heads = new Map(known)
  for (let pending = branches.filter((branch) => !heads.has(branch)); pending.length > 0; ) {
    const query = new ProjectQuery(repository.path)
    const asked = pending.filter((name, i) => query.head(`b${i}`, { kind: 'branch', name }))
    const { repository: found } = await ask(client, repository, query, 'ReadHeads', missingBranch)
    for (const [i, branch] of asked.entries())
      heads.set(branch, aliasSchemas.head.parse(found?.[`b${i}`] ?? null))
    pending = pending.slice(asked.length)
  }
  return heads
}

/** Histories by the paths as they were asked for. */
async function readHistories(
  client: Client,
  repository: RepositoryId,
  base: Oid,
  query: ManifestQuery,
  me: Me,
  memory: Memory,
): Promise<Record<string, PathCommit[]>> {
  const wanted = query.directories.filter(({ history }) => history > 0)
  return Object.fromEntries(
    await Promise.all(
      wanted.map(async ({ path, history }) => [
        path,
        await readPathHistory(client, repository, base, cleanPath(path), history, me, memory),
      ]),
    ),
  )
}

function isBelow(path: string, directory: string): boolean {
  return directory === '' || path === directory || path.startsWith(`${directory}/`)
}

function textAt(
  files: readonly { path: string; oid: Oid; mode: string }[],
  path: string,
  memory: Memory,
): string | null {
  const file = files.find((each) => each.path === path && each.mode.startsWith('100'))
  return file === undefined ? null : (memory.blobs.get(file.oid)?.text ?? null)
}

function branchNotFound(repository: RepositoryId, branch: string | null): SupercargoError {
  const what = branch === null ? 'has no commits yet' : `has no branch ${branch}`
  return new SupercargoError(`${repository.path} ${what}.`, {
    code: 'branch-not-found',
    kind: 'permanent',
    advice: 'Push the branch that the engine deploys from, or name another one.',
  })
}
