import { roleOf } from './access.ts'
import type { Model } from './model.ts'
import { findPull } from './pulls.ts'
import { Refusal } from './refusal.ts'
import type { IssueComment, KnownActor, PullRequest, Repository, Review } from './types.ts'

/** Comments of a pull request, oldest first. */
export function commentsOf(model: Model, repository: Repository, number: number): IssueComment[] {
  return model.tables.comments.by(`${repository.id}#${number}`)
}

/** The comment with this id, in this repository; null when there is none. */
export function findComment(model: Model, repository: Repository, id: number): IssueComment | null {
  const comment = model.tables.comments.get(id)
  return comment?.repositoryId === repository.id ? comment : null
}

/** @throws Refusal `not-found`, `invalid` (empty or too long) */
export function createComment(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  number: number,
  body: string,
): IssueComment {
  const pull = requirePull(model, repository, number)
  checkBody(model, body)
  const now = model.now()
  const comment: IssueComment = {
    id: model.nextId(),
    repositoryId: repository.id,
    number,
    authorId: actor.account.id,
    body,
    createdAt: now,
    updatedAt: now,
  }
  const touched = { ...pull, updatedAt: now }
  model.save(['comments', comment], ['pulls', touched])
  const sender = actor.account
  model.emit({
    type: 'comment',
    action: 'created',
    repository,
    sender,
    pull: touched,
    comment,
    bodyBefore: null,
  })
  return comment
}

/** Edits a comment: its author, and whoever may write. */
export function editComment(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  comment: IssueComment,
  body: string,
): IssueComment {
  checkOwn(model, repository, actor, comment)
  checkBody(model, body)
  const pull = requirePull(model, repository, comment.number)
  const next = { ...comment, body, updatedAt: model.now() }
  model.save(['comments', next])
  model.emit({
    type: 'comment',
    action: 'edited',
    repository,
    sender: actor.account,
    pull,
    comment: next,
    bodyBefore: comment.body,
  })
  return next
}

export function deleteComment(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  comment: IssueComment,
): void {
  checkOwn(model, repository, actor, comment)
  const pull = requirePull(model, repository, comment.number)
  model.save(['comments', comment.id, null])
  const sender = actor.account
  model.emit({ type: 'comment', action: 'deleted', repository, sender, pull, comment, bodyBefore: null })
}

/** Reviews of a pull request, oldest first. */
export function reviewsOf(model: Model, repository: Repository, number: number): Review[] {
  return model.tables.reviews.by(`${repository.id}#${number}`)
}

/** Submits a review of the head. @throws Refusal `invalid` when authors judge their own work */
export function submitReview(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  number: number,
  wish: { state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'; body: string; commit?: string | undefined },
): Review {
  const pull = requirePull(model, repository, number)
  if (pull.authorId === actor.account.id && wish.state !== 'COMMENTED') {
    const verb = wish.state === 'APPROVED' ? 'approve' : 'request changes on'
    throw new Refusal('invalid', `Can not ${verb} your own pull request`)
  }
  const review: Review = {
    id: model.nextId(),
    repositoryId: repository.id,
    number,
    authorId: actor.account.id,
    state: wish.state,
    body: wish.body,
    commitOid: wish.commit ?? pull.headOid,
    submittedAt: model.now(),
  }
  // whoever has answered is not asked any more
  const reviewerIds = (pull.reviewerIds ?? []).filter((id) => id !== actor.account.id)
  model.save(['reviews', review], ['pulls', { ...pull, reviewerIds }])
  model.emit({ type: 'review', action: 'submitted', repository, sender: actor.account, pull, review })
  return review
}

/** `OWNER`, `MEMBER`, `COLLABORATOR`, `CONTRIBUTOR`, `NONE`. */
export function association(
  model: Model,
  repository: Repository,
  accountId: number,
): 'OWNER' | 'MEMBER' | 'COLLABORATOR' | 'CONTRIBUTOR' | 'NONE' {
  const account = model.tables.accounts.get(accountId)
  if (account === undefined) return 'NONE'
  if (account.id === repository.ownerId) return 'OWNER'
  if (account.id === model.you.id) return 'MEMBER'
  if (account.type === 'Bot') return 'CONTRIBUTOR'
  const role = roleOf(model, account, repository)
  return role === null || repository.collaborators[account.login] === undefined ? 'NONE' : 'COLLABORATOR'
}

function requirePull(model: Model, repository: Repository, number: number): PullRequest {
  const pull = findPull(model, repository, number)
  if (pull === null) throw new Refusal('not-found', 'Not Found')
  return pull
}

/** @throws Refusal `invalid` when it is empty or too long for a comment */
export function checkBody({ flavour }: Model, body: string): void {
  const where = { resource: 'IssueComment', field: 'body' }
  if (body.trim() === '') throw new Refusal('invalid', "Body can't be blank", where)
  if (body.length > flavour.longestComment) {
    throw new Refusal('invalid', `Body is too long (maximum is ${flavour.longestComment} characters)`, where)
  }
}

function checkOwn(model: Model, repository: Repository, actor: KnownActor, comment: IssueComment): void {
  if (comment.authorId === actor.account.id) return
  const role = actor.kind === 'person' ? roleOf(model, actor.account, repository) : null
  if (role !== 'admin' && role !== 'maintain' && role !== 'write' && actor.kind !== 'installation') {
    throw new Refusal('forbidden', 'Must have admin rights to Repository.')
  }
}
