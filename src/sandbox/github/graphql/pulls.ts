import type {
  IssueCommentConnection,
  PullRequestCommentsArgs,
  PullRequestTimelineItemsArgs,
} from '@octokit/graphql-schema'
import { accountById, canSee } from '../../model/access.ts'
import { association, commentsOf, reviewsOf } from '../../model/discussion.ts'
import { nodeId } from '../../model/ids.ts'
import { mergeability } from '../../model/mergeability.ts'
import type { Model } from '../../model/model.ts'
import { latestOpinions, protectionOf } from '../../model/protection.ts'
import { pullCommits, pullFiles } from '../../model/pull-content.ts'
import { findPull, headRepository } from '../../model/pulls.ts'
import type { IssueComment, PullRequest, Repository, Review } from '../../model/types.ts'
import { actorView } from './accounts.ts'
import { connection, PAGE, type Page } from './connection.ts'
import type { Execution } from './execution.ts'
import { once, takes, type View } from './fields.ts'
import { commitView, objectView } from './objects.ts'
import { refByName } from './refs.ts'

export function pullView(execution: Execution, repository: Repository, pull: PullRequest): View {
  const { model, actor } = execution
  const path = `/pull/${pull.number}`
  const judged = once(() => mergeability(model, repository, pull))
  const source = headRepository(model, pull)
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    url: model.urls.repository(repository, path),
    permalink: model.urls.repository(repository, path),
    resourcePath: `/${repository.owner}/${repository.name}${path}`,
    state: pull.state.toUpperCase(),
    closed: pull.state !== 'open',
    isDraft: pull.draft,
    locked: false,
    merged: pull.state === 'merged',
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    mergedAt: pull.mergedAt,
    author: () => actorView(execution, accountById(model, pull.authorId)),
    authorAssociation: association(model, repository, pull.authorId),
    viewerDidAuthor: actor.kind !== 'anonymous' && actor.account.id === pull.authorId,
    mergedBy: () =>
      pull.mergedById === null ? null : actorView(execution, accountById(model, pull.mergedById)),
    repository: () => execution.links.repository(repository),
    baseRepository: () => execution.links.repository(repository),
    baseRefName: pull.baseBranch,
    baseRefOid: pull.baseOid,
    baseRef: () => refByName(execution, repository, `refs/heads/${pull.baseBranch}`),
    headRefName: pull.headBranch,
    headRefOid: pull.headOid,
    headRef: () => (source === null ? null : refByName(execution, source, `refs/heads/${pull.headBranch}`)),
    headRepository: () =>
      source === null || !canSee(model, actor, source) ? null : execution.links.repository(source),
    isCrossRepository: pull.headRepositoryId !== repository.id,
    maintainerCanModify: false,
    mergeable: async () => (await judged()).mergeable,
    mergeStateStatus: async () => (await judged()).state,
    mergeCommit: () =>
      pull.mergeCommitOid === null ? null : objectView(execution, repository, pull.mergeCommitOid),
    autoMergeRequest: null,
    reviewDecision: reviewDecision(model, repository, pull),
    ...changes(execution, repository, pull),
    commits: takes<Page>(PAGE, (page) => commitsConnection(execution, repository, pull, page)),
    comments: commentsField(execution, repository, pull),
    timelineItems: takes<Page & Pick<PullRequestTimelineItemsArgs, 'itemTypes'>>(
      [...PAGE, 'itemTypes'],
      ({ itemTypes, ...page }) => timelineConnection(execution, pull, itemTypes ?? null, page),
    ),
    reviews: takes<Page>(PAGE, (page) => {
      const reviews = reviewsOf(model, repository, pull.number)
      return connection(execution, 'PullRequestReviewConnection', 'reviews', page, reviews, (review) =>
        reviewView(execution, review),
      )
    }),
    labels: takes<Page>(PAGE, (page) =>
      connection(execution, 'LabelConnection', 'labels', page, pull.labels, (name) => ({
        __typename: 'Label',
        id: nodeId('Label', repository.id, name),
        name,
      })),
    ),
    statusCheckRollup: async () => {
      const head = await objectView(execution, repository, pull.headOid)
      return typeof head?.statusCheckRollup === 'function' ? head.statusCheckRollup() : null
    },
  }
}

export function commentView(execution: Execution, repository: Repository, comment: IssueComment): View {
  const { model, actor } = execution
  const pull = findPull(model, repository, comment.number)
  return {
    __typename: 'IssueComment',
    id: nodeId('IssueComment', comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: () => actorView(execution, accountById(model, comment.authorId)),
    authorAssociation: association(model, repository, comment.authorId),
    viewerDidAuthor: actor.kind !== 'anonymous' && actor.account.id === comment.authorId,
    isMinimized: false,
    minimizedReason: null,
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.updatedAt === comment.createdAt ? null : comment.updatedAt,
    includesCreatedEdit: comment.updatedAt !== comment.createdAt,
    url: model.urls.repository(repository, `/pull/${comment.number}#issuecomment-${comment.id}`),
    repository: () => execution.links.repository(repository),
    pullRequest: () => (pull === null ? null : pullView(execution, repository, pull)),
  }
}

type OrderedComments = IssueCommentConnection & PullRequestCommentsArgs

function commentsField(execution: Execution, repository: Repository, pull: PullRequest): unknown {
  return takes<Pick<OrderedComments, 'orderBy' | 'first' | 'last' | 'after' | 'before'>>(
    [...PAGE, 'orderBy'],
    ({ orderBy, ...page }) => {
      const comments = commentsOf(execution.model, repository, pull.number)
      if (orderBy)
        comments.sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0))
      if (orderBy?.direction === 'DESC') comments.reverse()
      return connection(execution, 'IssueCommentConnection', 'comments', page, comments, (comment) =>
        commentView(execution, repository, comment),
      )
    },
  )
}

function commitsConnection(
  execution: Execution,
  repository: Repository,
  pull: PullRequest,
  page: Page,
): View {
  const commits = once(() => pullCommits(execution.model, repository, pull))
  const source = {
    total: async () => (await commits()).length,
    slice: async (offset: number, limit: number) => (await commits()).slice(offset, offset + limit),
  }
  return connection(execution, 'PullRequestCommitConnection', 'commits', page, source, (commit) => ({
    __typename: 'PullRequestCommit',
    id: nodeId('Commit', repository.id, commit.oid, pull.number),
    url: execution.model.urls.repository(repository, `/pull/${pull.number}/commits/${commit.oid}`),
    commit: commitView(execution, repository, commit),
    pullRequest: () => pullView(execution, repository, pull),
  }))
}

/** Of all that happened to it, only that it was opened again, and of that the last time. */
function timelineConnection(
  execution: Execution,
  pull: PullRequest,
  itemTypes: readonly string[] | null,
  page: Page,
): View {
  const { id, reopenedAt } = pull
  const wanted = itemTypes === null || itemTypes.includes('REOPENED_EVENT')
  const events = wanted && reopenedAt !== undefined ? [reopenedAt] : []
  return connection(
    execution,
    'PullRequestTimelineItemsConnection',
    'timelineItems',
    page,
    events,
    (createdAt) => ({
      __typename: 'ReopenedEvent',
      id: nodeId('ReopenedEvent', id),
      createdAt,
    }),
  )
}

function reviewView(execution: Execution, review: Review): View {
  const { model } = execution
  return {
    __typename: 'PullRequestReview',
    id: nodeId('PullRequestReview', review.id),
    databaseId: review.id,
    state: review.state,
    body: review.body,
    submittedAt: review.submittedAt,
    createdAt: review.submittedAt,
    author: () => actorView(execution, accountById(model, review.authorId)),
  }
}

function reviewDecision(model: Model, repository: Repository, pull: PullRequest): string | null {
  const required = protectionOf(model, repository, pull.baseBranch)?.requiredApprovals ?? null
  const opinions = latestOpinions(model, repository, pull)
  if (opinions.some(({ state }) => state === 'CHANGES_REQUESTED')) return 'CHANGES_REQUESTED'
  const approvals = opinions.filter(({ state }) => state === 'APPROVED').length
  if (required === null) return approvals > 0 ? 'APPROVED' : null
  return approvals >= required ? 'APPROVED' : 'REVIEW_REQUIRED'
}

function changes(execution: Execution, repository: Repository, pull: PullRequest): Record<string, unknown> {
  const { model } = execution
  const files = once(() => pullFiles(model, repository, pull))
  const source = {
    total: async () => (await files()).length,
    slice: async (offset: number, limit: number) => (await files()).slice(offset, offset + limit),
  }
  const sum = (key: 'additions' | 'deletions') => async (): Promise<number> =>
    (await files()).reduce((total, file) => total + file[key], 0)
  return {
    files: takes<Page>(PAGE, (page) =>
      connection(execution, 'PullRequestChangedFileConnection', 'files', page, source, (file) => ({
        __typename: 'PullRequestChangedFile',
        path: file.path,
        changeType: file.status === 'removed' ? 'DELETED' : file.status.toUpperCase(),
        additions: file.additions,
        deletions: file.deletions,
      })),
    ),
    changedFiles: async () => (await files()).length,
    additions: sum('additions'),
    deletions: sum('deletions'),
  }
}
