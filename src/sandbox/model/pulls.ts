import type { Oid } from '../../domain/commit.ts'
import { isAncestor } from '../git/walk.ts'
import { accountById, canSee, findRepository } from './access.ts'
import type { ForgeEvent } from './events.ts'
import type { Model } from './model.ts'
import { Refusal } from './refusal.ts'
import { fresh } from './repositories.ts'
import { copyHead } from './settle.ts'
import type { KnownActor, PullRequest, Repository } from './types.ts'

const HEADS = 'refs/heads/'

/** The pull request with this number; null when there is none. */
export function findPull(model: Model, repository: Repository, number: number): PullRequest | null {
  return model.tables.pulls.by(repository.id).find((pull) => pull.number === number) ?? null
}

/** All pull requests of a repository, oldest first. */
export function pullsOf(model: Model, repository: Repository): PullRequest[] {
  return model.tables.pulls.by(repository.id)
}

/** The repository that the head branch is in; null when it was deleted. */
export function headRepository(model: Model, pull: PullRequest): Repository | null {
  return pull.headRepositoryId === null
    ? null
    : (model.tables.repositories.get(pull.headRepositoryId) ?? null)
}

/** `acme:feature`, as forges label heads. */
export function headLabel(pull: PullRequest): string {
  return `${pull.headOwner}:${pull.headBranch}`
}

/**
 * Opens a pull request.
 * @param wish.head `feature`, or `owner:feature` for a fork
 * @throws Refusal `invalid` (no such branch, no commits between), `exists`
 */
export async function openPull(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  wish: { title: string; body: string | null; head: string; base: string; draft?: boolean },
): Promise<PullRequest> {
  return await model.locked(repository, async () => {
    const git = model.git(repository)
    const { source, branch } = readHead(model, repository, actor, wish.head)
    const base = (await git.ref(`${HEADS}${wish.base}`))?.oid
    if (base === undefined) throw invalid('base', 'base is invalid')
    const head = (await model.git(source).ref(`${HEADS}${branch}`))?.oid
    if (head === undefined) throw invalid('head', 'head is invalid')
    if (source.id === repository.id && branch === wish.base) {
      throw invalid('base', `No commits between ${wish.base} and ${branch}`)
    }
    const twin = pullsOf(model, repository).find(
      (pull) =>
        pull.state === 'open' &&
        pull.headRepositoryId === source.id &&
        pull.headBranch === branch &&
        pull.baseBranch === wish.base,
    )
    if (twin !== undefined) {
      throw new Refusal('exists', `A pull request already exists for ${source.owner}:${branch}.`, {
        resource: 'PullRequest',
      })
    }
    const row = fresh(model, repository)
    const number = row.nextNumber
    if (source.id !== repository.id) await copyHead(model, source, repository, number, head)
    if (model.flavour.wantsCommits && (await isAncestor(git, head, base))) {
      const between = source.id === repository.id ? branch : `${source.owner}:${branch}`
      throw invalid('base', `No commits between ${wish.base} and ${between}`)
    }
    await git.writeOwnRef(`${model.flavour.pullRefs}${number}/head`, head)
    const now = model.now()
    const pull: PullRequest = {
      id: model.nextId(),
      repositoryId: repository.id,
      number,
      title: wish.title,
      body: wish.body,
      state: 'open',
      draft: model.flavour.draft?.test(wish.title) ?? wish.draft ?? false,
      authorId: actor.account.id,
      headBranch: branch,
      headRepositoryId: source.id,
      headOwner: source.owner,
      headOid: head,
      baseBranch: wish.base,
      baseOid: base,
      mergeCommitOid: null,
      mergedById: null,
      closedById: null,
      labels: [],
      createdAt: now,
      updatedAt: now,
      closedAt: null,
      mergedAt: null,
      merging: null,
    }
    model.save(['pulls', pull], ['repositories', { ...row, nextNumber: number + 1 }])
    emit(model, repository, actor, 'opened', pull, null)
    return pull
  })
}

/**
 * Changes title, body, base, draft or state (`open` reopens, `closed` closes); undefined leaves as it is.
 * @throws Refusal `not-found`, `invalid`
 */
export async function updatePull(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  number: number,
  change: {
    title?: string | undefined
    body?: string | null | undefined
    base?: string | undefined
    draft?: boolean | undefined
    state?: 'open' | 'closed' | undefined
  },
): Promise<PullRequest> {
  return await model.locked(repository, async () => {
    const pull = findPull(model, repository, number)
    if (pull === null) throw new Refusal('not-found', 'Not Found')
    const edited = { ...pull, ...(await edit(model, repository, pull, change)) }
    const changed =
      edited.title !== pull.title || edited.body !== pull.body || edited.baseBranch !== pull.baseBranch
    const next = { ...edited, ...(await changeState(model, repository, actor, pull, change.state)) }
    if (!changed && next.draft === pull.draft && next.state === pull.state) return pull
    next.updatedAt = model.now()
    model.save(['pulls', next])
    if (changed) emit(model, repository, actor, 'edited', next, pull)
    if (next.draft !== pull.draft) {
      emit(model, repository, actor, next.draft ? 'converted_to_draft' : 'ready_for_review', next, pull)
    }
    if (next.state !== pull.state) {
      emit(model, repository, actor, next.state === 'open' ? 'reopened' : 'closed', next, pull)
    }
    return next
  })
}

/** The account that opened it. */
export function pullAuthor(model: Model, pull: PullRequest): ReturnType<typeof accountById> {
  return accountById(model, pull.authorId)
}

async function edit(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  change: {
    title?: string | undefined
    body?: string | null | undefined
    base?: string | undefined
    draft?: boolean | undefined
  },
): Promise<Partial<PullRequest>> {
  const edits: Partial<PullRequest> = {}
  if (change.title !== undefined) {
    if (change.title.trim() === '') throw invalid('title', "title can't be blank")
    edits.title = change.title
  }
  if (change.body !== undefined) edits.body = change.body
  Object.assign(edits, draftEdit(model, pull, change))
  if (change.base !== undefined && change.base !== pull.baseBranch) {
    const base = (await model.git(repository).ref(`${HEADS}${change.base}`))?.oid
    if (base === undefined) {
      throw invalid('base', `Proposed base branch '${change.base}' was not found`)
    }
    if (pull.state !== 'open')
      throw invalid('base', 'Cannot change the base branch of a closed pull request.')
    edits.baseBranch = change.base
    edits.baseOid = base
  }
  return edits
}

/** A draft is a state of its own, or (GitLab) what the title begins with. */
function draftEdit(
  { flavour }: Model,
  pull: PullRequest,
  { title, draft }: { title?: string | undefined; draft?: boolean | undefined },
): Partial<PullRequest> {
  if (flavour.draft === null) return draft === undefined ? {} : { draft }
  if (title !== undefined) return { draft: flavour.draft.test(title) }
  if (draft === undefined || draft === pull.draft) return {}
  return { draft, title: draft ? `Draft: ${pull.title}` : pull.title.replace(flavour.draft, '') }
}

async function changeState(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  pull: PullRequest,
  state: 'open' | 'closed' | undefined,
): Promise<Partial<PullRequest>> {
  if (state === undefined || state === pull.state) return {}
  if (pull.state === 'merged') {
    if (state === 'closed') return {}
    throw invalid('state', 'state cannot be changed. The pull request is already merged.')
  }
  if (state === 'closed') return { state, closedAt: model.now(), closedById: actor.account.id }
  const head = await reopenableHead(model, repository, pull)
  return { state, closedAt: null, closedById: null, headOid: head, reopenedAt: model.now() }
}

async function reopenableHead(model: Model, repository: Repository, pull: PullRequest): Promise<Oid> {
  const source = headRepository(model, pull)
  const head = source === null ? null : await model.git(source).ref(`${HEADS}${pull.headBranch}`)
  if (source === null || head === null) {
    throw invalid('state', `state cannot be changed. The ${pull.headBranch} branch has been deleted.`)
  }
  const git = model.git(repository)
  if (source.id !== repository.id) await copyHead(model, source, repository, pull.number, head.oid)
  if (!(await isAncestor(git, pull.headOid, head.oid))) {
    const why = `The ${pull.headBranch} branch was force-pushed or recreated.`
    throw invalid('state', `state cannot be changed. ${why}`)
  }
  const base = await git.ref(`${HEADS}${pull.baseBranch}`)
  if (base === null) {
    throw invalid('state', `state cannot be changed. The ${pull.baseBranch} branch has been deleted.`)
  }
  const noCommits = `There are no new commits on the ${pull.headBranch} branch.`
  if (model.flavour.wantsCommits && (await isAncestor(git, head.oid, base.oid))) {
    throw invalid('state', `state cannot be changed. ${noCommits}`)
  }
  const twin = pullsOf(model, repository).find(
    (each) =>
      each.state === 'open' &&
      each.headRepositoryId === source.id &&
      each.headBranch === pull.headBranch &&
      each.baseBranch === pull.baseBranch,
  )
  if (twin !== undefined) {
    throw invalid('state', 'state cannot be changed. There is already an open pull request for this branch.')
  }
  return head.oid
}

function readHead(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  head: string,
): { source: Repository; branch: string } {
  const colon = head.indexOf(':')
  const owner = colon === -1 ? repository.owner : head.slice(0, colon)
  const branch = head.slice(colon + 1)
  if (owner.toLowerCase() === repository.owner.toLowerCase()) return { source: repository, branch }
  const source =
    model.tables.repositories
      .all()
      .find((each) => each.parentId === repository.id && each.owner.toLowerCase() === owner.toLowerCase()) ??
    findRepository(model, owner, repository.name)
  if (source === null || !canSee(model, actor, source)) throw invalid('head', 'head is invalid')
  return { source, branch }
}

function emit(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  action: (ForgeEvent & { type: 'pull' })['action'],
  pull: PullRequest,
  before: PullRequest | null,
): void {
  const row = fresh(model, repository)
  model.emit({ type: 'pull', action, repository: row, sender: actor.account, pull, before })
}

function invalid(field: string, message: string): Refusal {
  return new Refusal('invalid', message, { resource: 'PullRequest', field })
}
