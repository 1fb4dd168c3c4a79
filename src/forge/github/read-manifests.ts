import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchState, ManifestFile, ManifestQuery, ManifestSnapshot, PathCommit } from '../forge.ts'
import { completeTexts } from './blob.ts'
import {
  branchIsOurs,
  decidedAt,
  newestPull,
  type Pull,
  type PullState,
  toChangeRequest,
} from './branch-state.ts'
import type { Session } from './client.ts'
import { readDeepTrees, type Sink } from './deep-trees.ts'
import type { GraphQLProblem } from './graphql.ts'
import { writtenByBot } from './identity.ts'
import {
  aliasSchemas,
  type Directory,
  type ManifestPart,
  manifestDocument,
  manifestsSchema,
  morePullsSchema,
  pullsDocument,
} from './manifests-document.ts'
import { baseMemoryKey, type Memory, methodsOf, pullMemoryKey, repositoryMemoryKey } from './memory.ts'
import { type FoundFile, type Walk, walkEntry, walkTree } from './tree.ts'

/** Directory listings (at the base and at every branch of the bot's) that one request may ask for. */
const LISTINGS = 400

type Answer = ReturnType<typeof manifestsSchema.parse>

/** Reads a manifest repository as `Forge.readManifests` promises: one request where LISTINGS suffice. */
export async function readManifests(
  session: Session,
  repository: RepositoryId,
  query: ManifestQuery,
  memory: Memory,
): Promise<ManifestSnapshot> {
  const directories = mergeDirectories(query.directories)
  const [first, ...rest] = split(query, directories)
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
  const files = readFiles(base.target, query.files)
  await readPart(state, first, base.target, answer)
  for (const part of rest) {
    const more = await ask(session, { ...part, branch: base.name, at: base.target.oid })
    await readPart(state, part, more.repository.at ?? base.target, more)
  }
  const listings = [tree, ...Object.values(state.branches).map((branch) => branch.listing)]
  const complete = await readDeepTrees(session, listings)
  await completeTexts(session, [...Object.values(files), ...tree.files].filter(isFound), memory.blobs)

  memory.repository.set(repositoryMemoryKey(repository), {
    nodeId: answer.repository.id,
    methods: methodsOf(answer.repository),
  })
  if (complete && base.target.tree !== undefined) {
    const known = [...tree.files, ...Object.values(files).filter(isFound)]
    memory.base.set(baseMemoryKey(repository, base.target.oid), {
      tree: base.target.tree.oid,
      modes: new Map(known.map(({ file }) => [file.path, file.mode])),
      covered: [...directories.map(({ path }) => path), ...query.files],
    })
  }
  return {
    repository: { forge: repository.forge, path: answer.repository.nameWithOwner },
    url: answer.repository.url,
    private: answer.repository.isPrivate,
    branch: base.name,
    base: base.target.oid,
    files: Object.fromEntries(query.files.map((path) => [path, files[path]?.file.text ?? null])),
    tree: unique(tree.files),
    complete,
    history: renamed(query.directories, state.history),
    changeRequests: Object.fromEntries(
      Object.entries(state.branches).map(([name, branch]) => [name, toState(branch)]),
    ),
  }
}

interface PartBranch {
  state: BranchState
  listing: Sink
}

interface PartState {
  session: Session
  repository: RepositoryId
  memory: Memory
  viewer: string
  tree: Sink
  /** By clean path. */
  history: Record<string, PathCommit[]>
  branches: Record<string, PartBranch>
}

async function ask(session: Session, part: ManifestPart): Promise<Answer> {
  const [document, variables] = manifestDocument(session.owner, session.repo, part)
  return manifestsSchema.parse(await session.query(document, variables, missingBranch))
}

/** A branch that is not there cannot be compared; whether it is there says `b`, not the comparison. */
function missingBranch(problem: GraphQLProblem): boolean {
  return problem.path[1] === 'base' && /^c\d+$/.test(String(problem.path[2]))
}

async function readPart(
  state: PartState,
  part: ManifestPart,
  commit: Record<string, unknown>,
  answer: Answer,
): Promise<void> {
  part.directories.forEach((directory, i) => {
    add(state.tree, walkAlias(commit, `d${i}`, directory), directory.texts)
    if (directory.history > 0) state.history[directory.path] = readHistory(commit[`h${i}`], state.viewer)
  })
  for (const [i, name] of part.branches.entries()) {
    const ref = aliasSchemas.branch.parse(answer.repository[`b${i}`])
    const comparison = aliasSchemas.comparison.parse(answer.repository.base?.[`c${i}`] ?? null)
    const listing: Sink = { files: [], deeper: [] }
    const target = ref?.target ?? null
    if (target !== null) {
      part.branchDirectories.forEach((path, j) => {
        add(listing, walkAlias(target, `d${j}`, { path, texts: false, history: 0 }), false)
      })
    }
    const find = (alias: string, wanted: PullState) =>
      findPull(state.session, name, wanted, aliasSchemas.pulls.parse(answer.repository[`${alias}${i}`]))
    const open = await find('o', 'OPEN')
    const merged = await find('m', 'MERGED')
    const lastClosed = await find('x', 'CLOSED')
    const mergedSince = merged !== null && lastClosed !== null && decidedAt(merged) > decidedAt(lastClosed)
    const closed = mergedSince ? null : lastClosed
    for (const pull of [open, closed]) {
      if (pull !== null) state.memory.pull.set(pullMemoryKey(state.repository, pull.number), pull.id)
    }
    state.branches[name] = {
      listing,
      state: {
        branch:
          target === null
            ? null
            : {
                head: target.oid,
                parents: target.parents?.nodes.map(({ oid }) => oid) ?? [],
                ours: branchIsOurs(comparison, state.viewer),
                tree: [],
              },
        open: open === null ? null : toChangeRequest(open),
        closed: closed === null ? null : toChangeRequest(closed),
        merged: merged === null ? null : toChangeRequest(merged),
      },
    }
  }
}

/** Reads further pages while those read so far do not decide: forks may have branches of the same name. */
async function findPull(
  session: Session,
  branch: string,
  state: PullState,
  first: ReturnType<typeof aliasSchemas.pulls.parse>,
): Promise<Pull | null> {
  const pulls: Pull[] = []
  for (let page = first; ; ) {
    const { hasNextPage, endCursor } = page.pageInfo
    pulls.push(...page.nodes)
    const found = newestPull(pulls, hasNextPage ? (page.nodes.at(-1)?.updatedAt ?? null) : null)
    if (found !== undefined) return found
    const [document, variables] = pullsDocument(session.owner, session.repo, branch, state, endCursor)
    page = morePullsSchema.parse(await session.query(document, variables)).repository.pulls
  }
}

function readHistory(value: unknown, viewer: string): PathCommit[] {
  return aliasSchemas.history
    .parse(value)
    .nodes.map((commit) => ({ oid: commit.oid, message: commit.message, ours: writtenByBot(commit, viewer) }))
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

function walkAlias(commit: Record<string, unknown>, alias: string, directory: Directory): Walk {
  if (directory.path === '') {
    const root = aliasSchemas.root.parse(commit[alias])
    return walkTree(root.entries ?? [], '', directory.texts)
  }
  const entry = aliasSchemas.entry.parse(commit[alias] ?? null)
  return entry === null ? { files: [], deeper: [] } : walkEntry(entry, directory.path, directory.texts)
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

function add(sink: Sink, walk: Walk, texts: boolean): void {
  sink.files.push(...walk.files)
  sink.deeper.push(...walk.deeper.map((tree) => ({ ...tree, texts })))
}

function toState({ state, listing }: PartBranch): BranchState {
  if (state.branch === null) return state
  const tree = unique(listing.files).map(({ path, oid }) => ({ path, oid }))
  return { ...state, branch: { ...state.branch, tree } }
}

/** Directories may lie in each other: every file once, with its text if any of them asked for it. */
function unique(files: FoundFile[]): ManifestFile[] {
  const byPath = new Map<string, ManifestFile>()
  for (const { file } of files) {
    if ((byPath.get(file.path)?.text ?? null) === null) byPath.set(file.path, file)
  }
  return [...byPath.values()]
}

/** Each directory once, with all that is asked of it. */
function mergeDirectories(directories: ManifestQuery['directories']): Directory[] {
  const byPath = new Map<string, Directory>()
  for (const { path, texts, history } of directories) {
    const clean = cleanPath(path)
    const known = byPath.get(clean)
    byPath.set(clean, {
      path: clean,
      texts: texts || known?.texts === true,
      history: Math.max(history, known?.history ?? 0),
    })
  }
  return [...byPath.values()]
}

function cleanPath(path: string): string {
  return path.replace(/^\.?\/+|\/+$/g, '').replace(/^\.$/, '')
}

/** Parts of at most LISTINGS listings each; the first one alone reads the files. */
function split(query: ManifestQuery, directories: Directory[]): [ManifestPart, ...ManifestPart[]] {
  const branchDirectories = directories.map(({ path }) => path)
  const common = { branch: query.branch, at: null, branchDirectories }
  const first: ManifestPart = {
    ...common,
    files: query.files,
    directories: directories.slice(0, LISTINGS),
    branches: [],
  }
  const parts: [ManifestPart, ...ManifestPart[]] = [first]
  for (let start = LISTINGS; start < directories.length; start += LISTINGS) {
    const some = directories.slice(start, start + LISTINGS)
    parts.push({ ...common, files: [], directories: some, branches: [] })
  }
  let room = LISTINGS - first.directories.length
  let part = first
  const cost = Math.max(directories.length, 1)
  for (const branch of new Set(query.changeRequestBranches)) {
    if (room < cost && part.branches.length + part.directories.length > 0) {
      part = { ...common, files: [], directories: [], branches: [] }
      parts.push(part)
      room = LISTINGS
    }
    part.branches.push(branch)
    room -= cost
  }
  return parts
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
