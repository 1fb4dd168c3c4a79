import type { Oid } from '../../domain/commit.ts'
import { mergeTree } from '../git/merge.ts'
import { isAncestor } from '../git/walk.ts'
import { rollup } from './checks.ts'
import type { Model } from './model.ts'
import { missingCheck, missingOf, missingReview, protectionOf } from './protection.ts'
import { rulesetsOf } from './rulesets.ts'
import type { PullRequest, Repository } from './types.ts'

export type MergeStateStatus = 'CLEAN' | 'BLOCKED' | 'BEHIND' | 'DIRTY' | 'UNSTABLE' | 'DRAFT' | 'UNKNOWN'

export interface Mergeability {
  mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN'
  state: MergeStateStatus
  /** Why a protected branch refuses; null when it does not. */
  reason: string | null
}

const trees = new WeakMap<Model, Map<string, Oid | null>>()
const questions = new WeakMap<Model, Map<string, number>>()

/**
 * Whether an open pull request could be merged now. By git, the protection of its base branch, its reviews,
 * and the checks of its head. A closed one is UNKNOWN, as on GitHub.
 */
export async function mergeability(
  model: Model,
  repository: Repository,
  pull: PullRequest,
): Promise<Mergeability> {
  const git = model.git(repository)
  const base = (await git.ref(`refs/heads/${pull.baseBranch}`))?.oid
  if (pull.state !== 'open' || base === undefined || stillUnknown(model, repository, pull, base)) {
    return { mergeable: 'UNKNOWN', state: 'UNKNOWN', reason: null }
  }
  if ((await mergedTree(model, repository, base, pull.headOid)) === null) {
    return { mergeable: 'CONFLICTING', state: 'DIRTY', reason: null }
  }
  const mergeable = 'MERGEABLE'
  if (pull.draft) return { mergeable, state: 'DRAFT', reason: 'Pull Request is still a draft' }
  const rulesets = rulesetsOf(model, repository, pull.baseBranch)
  const ruled = missingOf(
    model,
    repository,
    rulesets.flatMap(({ checks }) => checks),
    pull.headOid,
  )
  if (ruled !== null) return { mergeable, state: 'BLOCKED', reason: ruled }
  const protection = protectionOf(model, repository, pull.baseBranch)
  if (protection !== null) {
    const reason =
      missingReview(model, repository, protection, pull) ??
      missingCheck(model, repository, protection, pull.headOid)
    if (reason !== null) return { mergeable, state: 'BLOCKED', reason }
    const outdated = protection.strict && !(await isAncestor(git, base, pull.headOid))
    if (outdated) {
      const behind = 'Head branch is not up to date with the base branch.'
      return { mergeable, state: 'BEHIND', reason: behind }
    }
  }
  const checks = rollup(model, repository, pull.headOid)
  return { mergeable, state: checks === null || checks === 'SUCCESS' ? 'CLEAN' : 'UNSTABLE', reason: null }
}

/** The tree of merging head into base; null when they conflict. Remembered: it depends on the two ids only. */
export async function mergedTree(
  model: Model,
  repository: Repository,
  base: Oid,
  head: Oid,
): Promise<Oid | null> {
  const known = trees.get(model) ?? new Map<string, Oid | null>()
  trees.set(model, known)
  const key = `${repository.id} ${base} ${head}`
  const hit = known.get(key)
  if (hit !== undefined) return hit
  const tree = await mergeTree(model.git(repository), base, head)
  if (known.size > 5_000) known.clear()
  known.set(key, tree)
  return tree
}

/** With the fault switched on, the first questions about each pair of head and base are not answered. */
function stillUnknown(model: Model, repository: Repository, pull: PullRequest, base: Oid): boolean {
  // GitLab's merge status has its own way of not being there yet.
  if (model.flavour.kind === 'gitlab' || model.faults.mergeabilityUnknownFor === 0) return false
  const asked = questions.get(model) ?? new Map<string, number>()
  questions.set(model, asked)
  const key = `${repository.id} ${pull.number} ${base} ${pull.headOid}`
  const count = (asked.get(key) ?? 0) + 1
  asked.set(key, count)
  return count <= model.faults.mergeabilityUnknownFor
}
