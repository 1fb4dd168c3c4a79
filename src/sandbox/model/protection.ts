import type { Oid } from '../../domain/commit.ts'
import { memberLevel, roleOf } from './access.ts'
import { contextState } from './checks.ts'
import type { Model } from './model.ts'
import type {
  Actor,
  KnownActor,
  Protection,
  PullRequest,
  Repository,
  RequiredCheck,
  Review,
} from './types.ts'

/** The rules of a branch; null when it is not protected. */
export function protectionOf(model: Model, repository: Repository, branch: string): Protection | null {
  const rules = model.tables.protections.by(repository.id)
  return (
    rules.find((each) => each.branch === branch) ??
    rules.find((each) => each.branch.includes('*') && matches(each.branch, branch)) ??
    null
  )
}

/** A branch by a pattern whose only special sign is `*`. */
export function matches(pattern: string, branch: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (!branch.startsWith(first)) return false
  let at = first.length
  for (const [index, part] of rest.entries()) {
    const found = index === rest.length - 1 ? branch.length - part.length : branch.indexOf(part, at)
    if (found < at || !branch.startsWith(part, found)) return false
    at = found + part.length
  }
  return true
}

/** Sets the rules of a branch. What is not said is not required. */
export function protect(
  model: Model,
  repository: Repository,
  branch: string,
  rules: Partial<Omit<Protection, 'id' | 'repositoryId' | 'branch'>>,
): Protection {
  const protection: Protection = {
    id: protectionOf(model, repository, branch)?.id ?? model.nextId(),
    repositoryId: repository.id,
    branch,
    requiredChecks: null,
    strict: false,
    requiredApprovals: null,
    dismissStaleReviews: false,
    enforceAdmins: false,
    restrictPushes: null,
    ...rules,
  }
  model.save(['protections', protection])
  return protection
}

export function unprotect(model: Model, repository: Repository, branch: string): void {
  const protection = protectionOf(model, repository, branch)
  if (protection !== null) model.save(['protections', protection.id, null])
}

/** True when the rules do not hold for this actor: an administrator, where they are not enforced. */
export function mayBypass(
  model: Model,
  actor: Actor,
  repository: Repository,
  protection: Protection,
): boolean {
  return (
    protection.levels === undefined &&
    !protection.enforceAdmins &&
    actor.kind === 'person' &&
    roleOf(model, actor.account, repository) === 'admin'
  )
}

/**
 * Why a protected branch may not be moved to `after` without a pull request; null = it may.
 * Force pushes and deletions are a separate question: they are always refused.
 */
export function pushRefusal(
  model: Model,
  actor: Actor,
  repository: Repository,
  branch: string,
  after: Oid,
): string | null {
  const protection = protectionOf(model, repository, branch)
  if (protection === null || mayBypass(model, actor, repository, protection)) return null
  if (protection.levels !== undefined) {
    const { push } = protection.levels
    const level = actor.kind === 'person' ? levelOf(model, actor, repository) : 0
    return push > 0 && level >= push
      ? null
      : 'You are not allowed to push code to protected branches on this project.'
  }
  const name =
    actor.kind === 'installation' ? model.app.slug : actor.kind === 'person' ? actor.account.login : ''
  if (protection.restrictPushes !== null && !protection.restrictPushes.includes(name)) {
    return 'You are not authorized to push to this branch.'
  }
  if (protection.requiredApprovals !== null) return 'Changes must be made through a pull request.'
  return missingCheck(model, repository, protection, after)
}

/** GitLab: the access level that counts; the instance's administrator has every one. */
export function levelOf(
  model: Model,
  { account }: KnownActor,
  repository: Pick<Repository, 'id' | 'owner'>,
): number {
  return account.id === model.you.id ? 60 : memberLevel(model, account, repository)
}

/** Why a protected branch is not content with a pull request's head: a missing check; null = it is. */
export function missingCheck(
  model: Model,
  repository: Repository,
  protection: Protection,
  head: Oid,
): string | null {
  return missingOf(model, repository, checksOf(protection), head)
}

/** What a protection requires, and of whom. */
export function checksOf({ requiredChecks, requiredApps = {} }: Protection): RequiredCheck[] {
  return (requiredChecks ?? []).map((context) => ({ context, app: requiredApps[context] ?? null }))
}

/** Which of the checks a commit lacks, in GitHub's words; null = none. */
export function missingOf(
  model: Model,
  repository: Repository,
  checks: readonly RequiredCheck[],
  head: Oid,
): string | null {
  const states = checks.map(({ context, app }) => ({
    context,
    state: contextState(model, repository, head, context, app),
  }))
  const open = states.filter(({ state }) => state !== 'SUCCESS')
  const [first] = open
  if (first === undefined) return null
  if (open.length > 1) return `${open.length} of ${states.length} required status checks are expected.`
  const word = first.state === null ? 'expected' : first.state === 'PENDING' ? 'pending' : 'failing'
  return `Required status check "${first.context}" is ${word}.`
}

/** Why reviews do not suffice; null = they do, or none are required. */
export function missingReview(
  model: Model,
  repository: Repository,
  protection: Protection,
  pull: PullRequest,
): string | null {
  if (protection.requiredApprovals === null) return null
  const opinions = latestOpinions(model, repository, pull)
  if (opinions.some(({ state }) => state === 'CHANGES_REQUESTED')) {
    return 'Changes must be approved: a reviewer with write access has requested changes.'
  }
  const approvals = opinions.filter(({ state }) => state === 'APPROVED').length
  if (approvals >= protection.requiredApprovals) return null
  const noun = protection.requiredApprovals === 1 ? 'approving review is' : 'approving reviews are'
  return `At least ${protection.requiredApprovals} ${noun} required by reviewers with write access.`
}

/** The newest approval or request for changes of each reviewer who may write. */
export function latestOpinions(model: Model, repository: Repository, pull: PullRequest): Review[] {
  const latest = new Map<number, Review>()
  for (const review of model.tables.reviews.by(`${repository.id}#${pull.number}`)) {
    if (review.state !== 'COMMENTED') latest.set(review.authorId, review)
  }
  return [...latest.values()].filter(({ authorId, state }) => {
    const author = model.tables.accounts.get(authorId)
    const role = author === undefined ? null : roleOf(model, author, repository)
    return state !== 'DISMISSED' && role !== null && role !== 'read' && role !== 'triage'
  })
}
