import { diffFiles } from '../../git/diff.ts'
import { countCommits, mergeBase } from '../../git/walk.ts'
import { accountById, findAccount } from '../../model/access.ts'
import { association, commentsOf } from '../../model/discussion.ts'
import { nodeId } from '../../model/ids.ts'
import { mergeability } from '../../model/mergeability.ts'
import type { Model } from '../../model/model.ts'
import { headLabel, headRepository, pullAuthor } from '../../model/pulls.ts'
import type { PullRequest, Repository } from '../../model/types.ts'
import { accountJson } from './account.ts'
import { labelJson } from './label.ts'
import { repositoryJson } from './repository.ts'
import { teamJson } from './team.ts'

const UNJUDGED = { mergeable: 'UNKNOWN', state: 'UNKNOWN' } as const

/** GitHub's `pull-request-simple`, as listings hold it. */
export function pullJson(model: Model, repository: Repository, pull: PullRequest): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  const html = model.urls.repository(repository, `/pull/${pull.number}`)
  const url = `${api}/pulls/${pull.number}`
  const issue = `${api}/issues/${pull.number}`
  const statuses = `${api}/statuses/${pull.headOid}`
  const reviewComment = `${api}/pulls/comments{/number}`
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    number: pull.number,
    state: pull.state === 'open' ? 'open' : 'closed',
    locked: false,
    title: pull.title,
    user: accountJson(model, pullAuthor(model, pull)),
    body: pull.body,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitOid,
    assignee: null,
    assignees: [],
    ...requestedJson(model, pull),
    labels: pull.labels.map((name) => labelJson(model, repository, name)),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: reviewComment,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    head: endJson(model, headRepository(model, pull), headLabel(pull), pull.headBranch, pull.headOid),
    base: endJson(model, repository, `${repository.owner}:${pull.baseBranch}`, pull.baseBranch, pull.baseOid),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: reviewComment },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(model, repository, pull.authorId),
    auto_merge: null,
    active_lock_reason: null,
  }
}

/**
 * GitHub's `pull-request`.
 * @param judge false leaves mergeability out (null, `unknown`), as webhooks do
 */
export async function fullPullJson(
  model: Model,
  repository: Repository,
  pull: PullRequest,
  judge = true,
): Promise<Record<string, unknown>> {
  const git = model.git(repository)
  const base = (await git.ref(`refs/heads/${pull.baseBranch}`))?.oid ?? pull.baseOid
  const [{ mergeable, state }, common] = await Promise.all([
    judge ? mergeability(model, repository, pull) : UNJUDGED,
    mergeBase(git, pull.state === 'merged' ? pull.baseOid : base, pull.headOid),
  ])
  const [files, commits] = await Promise.all([
    diffFiles(git, common, pull.headOid, false),
    countCommits(git, pull.headOid, common === null ? [] : [common]),
  ])
  const mergeableOrNull = mergeable === 'UNKNOWN' ? null : mergeable === 'MERGEABLE'
  return {
    ...pullJson(model, repository, pull),
    merged: pull.state === 'merged',
    mergeable: mergeableOrNull,
    rebaseable: mergeableOrNull,
    mergeable_state: state.toLowerCase(),
    merged_by: pull.mergedById === null ? null : accountJson(model, accountById(model, pull.mergedById)),
    comments: commentsOf(model, repository, pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
    changed_files: files.length,
  }
}

/** A pull request as an `issue`, as in `issue_comment` webhooks and the issues API. */
export function issueJson(model: Model, repository: Repository, pull: PullRequest): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  const url = `${api}/issues/${pull.number}`
  const html = model.urls.repository(repository, `/pull/${pull.number}`)
  return {
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: html,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    number: pull.number,
    title: pull.title,
    user: accountJson(model, pullAuthor(model, pull)),
    labels: pull.labels.map((name) => labelJson(model, repository, name)),
    state: pull.state === 'open' ? 'open' : 'closed',
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: commentsOf(model, repository, pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: association(model, repository, pull.authorId),
    active_lock_reason: null,
    draft: pull.draft,
    pull_request: {
      url: `${api}/pulls/${pull.number}`,
      html_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      merged_at: pull.mergedAt,
    },
    body: pull.body,
    reactions: reactionsJson(`${url}/reactions`),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  }
}

/** GitHub's `pull-request-minimal`, as check runs list them. */
export function minimalPullJson(
  model: Model,
  repository: Repository,
  pull: PullRequest,
): Record<string, unknown> {
  const end = (from: Repository, ref: string, sha: string): Record<string, unknown> => ({
    ref,
    sha,
    repo: { id: from.id, url: model.urls.repositoryApi(from), name: from.name },
  })
  return {
    url: model.urls.repositoryApi(repository, `/pulls/${pull.number}`),
    id: pull.id,
    number: pull.number,
    head: end(headRepository(model, pull) ?? repository, pull.headBranch, pull.headOid),
    base: end(repository, pull.baseBranch, pull.baseOid),
  }
}

/** GitHub's `reaction-rollup`. */
export function reactionsJson(url: string, reactions: { name: string }[] = []): Record<string, unknown> {
  const names = ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes']
  const counts = names.map((name) => [name, reactions.filter((each) => each.name === name).length])
  return { url, total_count: reactions.length, ...Object.fromEntries(counts) }
}

function endJson(
  model: Model,
  repository: Repository | null,
  label: string,
  ref: string,
  sha: string,
): Record<string, unknown> {
  const owner = findAccount(model, label.slice(0, label.indexOf(':')))
  return {
    label,
    ref,
    sha,
    user: owner === null ? null : accountJson(model, owner),
    repo: repository === null ? null : repositoryJson(model, repository),
  }
}

/** Who is asked for a review. */
export function requestedJson(model: Model, { reviewerIds = [], reviewTeamIds = [] }: PullRequest) {
  const teams = reviewTeamIds.flatMap((id) => model.tables.teams.get(id) ?? [])
  return {
    requested_reviewers: reviewerIds.map((id) => accountJson(model, accountById(model, id))),
    requested_teams: teams.map((team) => teamJson(model, team)),
  }
}
