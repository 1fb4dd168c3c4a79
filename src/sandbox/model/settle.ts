import { type Oid, ZERO_OID } from '../../domain/commit.ts'
import { isAncestor } from '../git/walk.ts'
import type { ForgeEvent, RefChange } from './events.ts'
import type { Model, Put } from './model.ts'
import type { Account, PullRequest, Repository } from './types.ts'

const HEADS = 'refs/heads/'

/**
 * What follows from references that have moved, however they were moved: open pull requests are
 * synchronised, merged or closed, and the webhooks go out. Works from the rows and git alone and remembers
 * what it has seen, so that it can be repeated after a crash. To be called inside `model.locked`.
 */
export async function settleLocked(
  model: Model,
  repository: Repository,
  sender: Account,
  changes: readonly RefChange[],
): Promise<void> {
  const puts: Put[] = []
  const events: ForgeEvent[] = [{ type: 'refs', repository, sender, changes: [...changes] }]
  const heads = new Map<string, Oid>()
  for (const change of changes) {
    if (!change.ref.startsWith(HEADS)) continue
    const branch = change.ref.slice(HEADS.length)
    for (const pull of openPulls(model)) {
      const outcome = await consequence(model, repository, pull, branch, change)
      if (outcome === null) continue
      const { next, action } = outcome
      const target = model.tables.repositories.get(pull.repositoryId) ?? repository
      puts.push(['pulls', next], ...staleReviews(model, target, pull, next))
      events.push({ type: 'pull', action, repository: target, sender, pull: next, before: pull })
      if (target.id === repository.id) heads.set(`${model.flavour.pullRefs}${next.number}/head`, next.headOid)
    }
  }
  for (const [ref, oid] of heads) await model.git(repository).writeOwnRef(ref, oid)
  puts.push(['seenRefs', await seenNow(model, repository)])
  puts.push(['repositories', { ...repository, pushedAt: model.now(), updatedAt: model.now() }])
  model.save(...puts)
  for (const event of events) model.emit(event)
}

/** The references as git has them, to be remembered. */
export async function seenNow(
  model: Model,
  repository: Repository,
): Promise<{ id: number; refs: Record<string, string> }> {
  const refs = await model.git(repository).refs()
  const seen = [...refs.values()].filter(({ name }) => !name.startsWith(model.flavour.pullRefs))
  return { id: repository.id, refs: Object.fromEntries(seen.map(({ name, oid }) => [name, oid])) }
}

/** Works out what a process that was killed left undone: git has moved, the rows have not. */
export async function catchUp(model: Model): Promise<void> {
  for (const repository of model.tables.repositories.all()) {
    await model.locked(repository, async () => {
      const before = model.tables.seenRefs.get(repository.id)?.refs ?? {}
      const after = (await seenNow(model, repository)).refs
      const names = new Set([...Object.keys(before), ...Object.keys(after)])
      const changes = [...names]
        .map((ref) => ({ ref, before: before[ref] ?? ZERO_OID, after: after[ref] ?? ZERO_OID }))
        .filter((change) => change.before !== change.after)
      if (changes.length > 0) await settleLocked(model, repository, model.you, changes)
    })
  }
}

type PullAction = (ForgeEvent & { type: 'pull' })['action']

async function consequence(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  branch: string,
  { after }: RefChange,
): Promise<{ next: PullRequest; action: PullAction } | null> {
  const now = model.now()
  const closed = { ...pull, state: 'closed' as const, closedAt: now, updatedAt: now, merging: null }
  if (pull.repositoryId === repository.id && pull.baseBranch === branch) {
    if (after === ZERO_OID) return { next: closed, action: 'closed' }
    const merged = await mergedBy(model, repository, pull, after)
    if (merged === null) return null
    return { next: { ...closed, ...merged, state: 'merged', mergedAt: now }, action: 'closed' }
  }
  if (pull.headRepositoryId !== repository.id || pull.headBranch !== branch) return null
  if (after === ZERO_OID) return { next: closed, action: 'closed' }
  const target = model.tables.repositories.get(pull.repositoryId) ?? repository
  if (target.id !== repository.id) await copyHead(model, repository, target, pull.number, after)
  const git = model.git(target)
  const baseOid = (await git.ref(`${HEADS}${pull.baseBranch}`))?.oid ?? pull.baseOid
  const next = { ...pull, headOid: after, baseOid, updatedAt: now, merging: null }
  if (model.flavour.wantsCommits && (await isAncestor(git, after, baseOid)))
    return { next: { ...closed, ...next, state: 'closed', closedAt: now }, action: 'closed' }
  return { next, action: 'synchronize' }
}

/** How the new base holds the pull request: by the merge that was decided, or because a push brought it. */
async function mergedBy(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  base: Oid,
): Promise<Pick<PullRequest, 'mergeCommitOid' | 'mergedById' | 'closedById' | 'baseOid'> | null> {
  const git = model.git(repository)
  const { merging } = pull
  if (merging !== null && (await isAncestor(git, merging.commit, base))) {
    const byId = merging.byId
    return { mergeCommitOid: merging.commit, mergedById: byId, closedById: byId, baseOid: pull.baseOid }
  }
  if (!(await isAncestor(git, pull.headOid, base))) return null
  return { mergeCommitOid: base, mergedById: null, closedById: null, baseOid: pull.baseOid }
}

/** Brings the commits of a fork's branch into the base repository, as `refs/pull/<number>/head`. */
export async function copyHead(
  model: Model,
  from: Repository,
  to: Repository,
  number: number,
  oid: Oid,
): Promise<void> {
  const git = model.git(to)
  const { directory } = model.git(from)
  const { code, stderr } = await git.run([
    'fetch',
    '--quiet',
    directory,
    `+${oid}:${model.flavour.pullRefs}${number}/head`,
  ])
  if (code !== 0) throw new Error(`The fork's commits cannot be copied: ${stderr}`)
  await git.reloadRefs()
}

function staleReviews(model: Model, repository: Repository, before: PullRequest, next: PullRequest): Put[] {
  const protection = model.tables.protections
    .by(repository.id)
    .find(({ branch }) => branch === next.baseBranch)
  if (before.headOid === next.headOid || protection?.dismissStaleReviews !== true) return []
  return model.tables.reviews
    .by(`${repository.id}#${next.number}`)
    .filter(({ state }) => state === 'APPROVED')
    .map((review): Put => ['reviews', { ...review, state: 'DISMISSED' }])
}

function openPulls(model: Model): PullRequest[] {
  return model.tables.pulls.all().filter(({ state }) => state === 'open')
}
