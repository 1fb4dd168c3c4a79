import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchState, PathCommit } from '../forge.ts'
import type { Directory } from '../shared/directories.ts'
import {
  branchIsOurs,
  decidedAt,
  newestPull,
  type Pull,
  type PullState,
  toChangeRequest,
} from './branch-state.ts'
import type { Session } from './client.ts'
import type { Sink } from './deep-trees.ts'
import { writtenByBot } from './identity.ts'
import {
  aliasSchemas,
  type ManifestPart,
  type manifestsSchema,
  morePullsSchema,
  pullsDocument,
} from './manifests-document.ts'
import { type Memory, pullMemoryKey } from './memory.ts'
import { type Walk, walkEntry, walkTree } from './tree.ts'

export type ManifestAnswer = ReturnType<typeof manifestsSchema.parse>

/** What is known of one branch of the bot's; its listing may still have directories to be read. */
export interface PartBranch {
  state: BranchState
  listing: Sink
}

/** What the parts of a snapshot add up to. */
export interface PartState {
  session: Session
  repository: RepositoryId
  memory: Memory
  viewer: string
  tree: Sink
  /** By clean path. */
  history: Record<string, PathCommit[]>
  branches: Record<string, PartBranch>
}

/**
 * Adds what one answer holds.
 * @param commit the answer's commit, whose aliases are the part's directories
 */
export async function readPart(
  state: PartState,
  part: ManifestPart,
  commit: Record<string, unknown>,
  answer: ManifestAnswer,
): Promise<void> {
  part.directories.forEach((directory, i) => {
    addListing(state.tree, commit, `d${i}`, directory)
    if (directory.history > 0) state.history[directory.path] = readHistory(commit[`h${i}`], state.viewer)
  })
  for (const [i, { name, directories }] of part.branches.entries()) {
    const ref = aliasSchemas.branch.parse(answer.repository[`b${i}`])
    const comparison = aliasSchemas.comparison.parse(answer.repository.base?.[`c${i}`] ?? null)
    const listing: Sink = { files: [], deeper: [] }
    const target = ref?.target ?? null
    if (target !== null) {
      directories.forEach((path, j) => {
        addListing(listing, target, `d${j}`, { path, texts: false, history: 0 })
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

/** What a directory's (or file's) alias holds; nothing when it does not exist. */
export function walkAlias(commit: Record<string, unknown>, alias: string, directory: Directory): Walk {
  if (directory.path === '') {
    const root = aliasSchemas.root.parse(commit[alias])
    return walkTree(root.entries ?? [], '', directory.texts)
  }
  const entry = aliasSchemas.entry.parse(commit[alias] ?? null)
  return entry === null ? { files: [], deeper: [] } : walkEntry(entry, directory.path, directory.texts)
}

/** Adds what a directory's alias holds; what lies deeper is still to be read. */
export function addListing(
  sink: Sink,
  commit: Record<string, unknown>,
  alias: string,
  directory: Directory,
): void {
  const { files, deeper } = walkAlias(commit, alias, directory)
  sink.files.push(...files)
  sink.deeper.push(...deeper.map((tree) => ({ ...tree, texts: directory.texts })))
}
