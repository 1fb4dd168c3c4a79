import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchState, ManifestQuery, ManifestSnapshot, PathCommit } from '../forge.ts'
import { cleanPath, mergeDirectories } from '../shared/directories.ts'
import { completeTexts } from './blob.ts'
import type { Session } from './client.ts'
import { readDeepTrees, type Sink } from './deep-trees.ts'
import type { GraphQLProblem } from './graphql.ts'
import { type ManifestAnswer, type PartBranch, type PartState, readPart, walkAlias } from './manifest-part.ts'
import { splitQuery } from './manifest-query.ts'
import { aliasSchemas, type ManifestPart, manifestDocument, manifestsSchema } from './manifests-document.ts'
import { baseMemoryKey, type Memory, methodsOf, repositoryMemoryKey } from './memory.ts'
import { stateListing, toStateSnapshot } from './state.ts'
import { type FoundFile, uniqueFiles } from './tree.ts'

/** Reads a manifest repository as `Forge.readManifests` promises: one request for up to 400 listings of directories. */
export async function readManifests(
  session: Session,
  repository: RepositoryId,
  query: ManifestQuery,
  memory: Memory,
): Promise<ManifestSnapshot> {
  const directories = mergeDirectories(query.directories)
  const [first, ...rest] = splitQuery(query, directories)
  const answer = await ask(session, first)
  const base = answer.repository.base
  if (base === null || base.target === null) throw branchNotFound(repository, query.branch)
  const tree: Sink = { files: [], deeper: [] }
  const state: PartState = {
    session,
    repository,
    memory,
    viewer: answer.viewer.login,
    tree,
    history: {},
    branches: {},
  }
  const onBase = query.branch === null
  const files = readFiles(onBase ? base.target : (answer.repository.home?.target ?? {}), query.files)
  await readPart(state, first, base.target, answer)
  for (const part of rest) {
    const more = await ask(session, { ...part, branch: base.name, at: base.target.oid })
    await readPart(state, part, more.repository.at ?? base.target, more)
  }
  const said = answer.repository.said ?? null
  const stated = stateListing(said, query.state ?? '')
  const listings = [tree, stated, ...Object.values(state.branches).map((branch) => branch.listing)]
  const complete = await readDeepTrees(session, listings)
  await completeTexts(
    session,
    [...Object.values(files), ...tree.files, ...stated.files].filter(isFound),
    memory.blobs,
  )

  memory.repository.set(repositoryMemoryKey(repository), {
    nodeId: answer.repository.id,
    methods: methodsOf(answer.repository),
  })
  if (complete && base.target.tree !== undefined) {
    const known = [...tree.files, ...(onBase ? Object.values(files).filter(isFound) : [])]
    memory.base.set(baseMemoryKey(repository, base.target.oid), {
      tree: base.target.tree.oid,
      modes: new Map(known.map(({ file }) => [file.path, file.mode])),
      covered: [...directories.map(({ path }) => path), ...(onBase ? query.files : [])],
    })
  }
  return {
    repository: { forge: repository.forge, path: answer.repository.nameWithOwner },
    url: answer.repository.url,
    private: answer.repository.isPrivate,
    branch: base.name,
    base: base.target.oid,
    files: Object.fromEntries(query.files.map((path) => [path, files[path]?.file.text ?? null])),
    tree: uniqueFiles(tree.files),
    complete,
    history: renamed(query.directories, state.history),
    changeRequests: Object.fromEntries(
      Object.entries(state.branches).map(([name, branch]) => [name, toState(branch)]),
    ),
    branches: (query.branchPrefixes ?? []).flatMap((_, i) => readNames(answer.repository[`p${i}`])),
    ...(query.state === undefined ? {} : { state: toStateSnapshot(said, stated, complete, state.viewer) }),
  }
}

async function ask(session: Session, part: ManifestPart): Promise<ManifestAnswer> {
  const [document, variables] = manifestDocument(session.owner, session.repo, part)
  return manifestsSchema.parse(await session.query(document, variables, missingBranch))
}

/** A branch that is not there cannot be compared; whether it is there says `b`, not the comparison. */
function missingBranch(problem: GraphQLProblem): boolean {
  return problem.path[1] === 'base' && /^c\d+$/.test(String(problem.path[2]))
}

/** Histories by the paths as they were asked for. */
function renamed(
  asked: ManifestQuery['directories'],
  histories: Record<string, PathCommit[]>,
): Record<string, PathCommit[]> {
  const wanted = asked.filter(({ history }) => history > 0)
  return Object.fromEntries(
    wanted.map(({ path, history }) => [path, (histories[cleanPath(path)] ?? []).slice(0, history)]),
  )
}

function readFiles(commit: Record<string, unknown>, paths: string[]): Record<string, FoundFile | undefined> {
  const found = paths.map((path, i) => [
    path,
    walkAlias(commit, `f${i}`, { path, texts: true, history: 0 }).files[0],
  ])
  return Object.fromEntries(
    found.filter(([path, file]) => (file as FoundFile | undefined)?.file.path === path),
  )
}

function readNames(value: unknown): string[] {
  const { nodes } = aliasSchemas.names.parse(value)
  return nodes.map(({ prefix, name }) => `${prefix}${name}`.replace(/^refs\/heads\//, ''))
}

function toState({ state, listing }: PartBranch): BranchState {
  if (state.branch === null) return state
  const tree = uniqueFiles(listing.files).map(({ path, oid }) => ({ path, oid }))
  return { ...state, branch: { ...state.branch, tree } }
}

function isFound(found: FoundFile | undefined): found is FoundFile {
  return found !== undefined
}

function branchNotFound(repository: RepositoryId, branch: string | null): SupercargoError {
  const what = branch === null ? 'has no commits yet' : `has no branch ${branch}`
  return new SupercargoError(`${repository.path} ${what}.`, {
    code: 'branch-not-found',
    kind: 'permanent',
    advice: 'Push the branch that the engine deploys from, or name another one.',
  })
}
