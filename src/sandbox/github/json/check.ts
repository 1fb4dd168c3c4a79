import { signatureTime } from '../../git/objects.ts'
import { accountById } from '../../model/access.ts'
import { suiteState } from '../../model/checks.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import { pullsOf } from '../../model/pulls.ts'
import type { CheckAnnotation, CheckRun, CheckSuite, CommitStatus, Repository } from '../../model/types.ts'
import { accountJson } from './account.ts'
import { integrationJson } from './app.ts'
import { minimalPullJson } from './pull.ts'
import { repositoryJson } from './repository.ts'

/** GitHub's `check-run`. */
export function checkRunJson(model: Model, repository: Repository, run: CheckRun): Record<string, unknown> {
  const url = model.urls.repositoryApi(repository, `/check-runs/${run.id}`)
  const html = model.urls.repository(repository, `/runs/${run.id}`)
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.headOid,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suiteId },
    app: integrationJson(model, accountById(model, run.appAccountId)),
    pull_requests: pullsAt(model, repository, run.headOid),
  }
}

/** GitHub's `check-suite`; also what webhooks call `check_suite`. */
export async function checkSuiteJson(
  model: Model,
  repository: Repository,
  suite: CheckSuite,
): Promise<Record<string, unknown>> {
  const url = model.urls.repositoryApi(repository, `/check-suites/${suite.id}`)
  const state = suiteState(model, suite)
  return {
    ...checkSuiteCore(model, repository, suite),
    repository: repositoryJson(model, repository),
    head_commit: await simpleCommitJson(model, repository, suite.headOid),
    latest_check_runs_count: state.count,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  }
}

/** The part of a check suite that check runs in webhooks hold. */
export function checkSuiteCore(
  model: Model,
  repository: Repository,
  suite: CheckSuite,
): Record<string, unknown> {
  const { status, conclusion } = suiteState(model, suite)
  return {
    id: suite.id,
    node_id: nodeId('CheckSuite', suite.id),
    head_branch: suite.headBranch,
    head_sha: suite.headOid,
    status,
    conclusion,
    url: model.urls.repositoryApi(repository, `/check-suites/${suite.id}`),
    before: null,
    after: suite.headOid,
    pull_requests: pullsAt(model, repository, suite.headOid),
    app: integrationJson(model, accountById(model, suite.appAccountId)),
    created_at: suite.createdAt,
    updated_at: suite.updatedAt,
  }
}

/** GitHub's `simple-commit`. */
export async function simpleCommitJson(
  model: Model,
  repository: Repository,
  oid: string,
): Promise<Record<string, unknown>> {
  const commit = await model.git(repository).commit(oid)
  return {
    id: oid,
    tree_id: commit?.tree ?? '',
    message: commit?.message ?? '',
    timestamp: commit === null ? '' : signatureTime(commit.committer),
    author: { name: commit?.author.name ?? '', email: commit?.author.email ?? '' },
    committer: { name: commit?.committer.name ?? '', email: commit?.committer.email ?? '' },
  }
}

/** GitHub's `check-annotation`. */
export function annotationJson(
  model: Model,
  repository: Repository,
  run: CheckRun,
  annotation: CheckAnnotation,
): Record<string, unknown> {
  return {
    path: annotation.path,
    blob_href: model.urls.repository(repository, `/blob/${run.headOid}/${encodeURI(annotation.path)}`),
    start_line: annotation.startLine,
    start_column: annotation.startColumn,
    end_line: annotation.endLine,
    end_column: annotation.endColumn,
    annotation_level: annotation.level,
    title: annotation.title,
    message: annotation.message,
    raw_details: annotation.rawDetails,
  }
}

/** GitHub's `simple-commit-status`. */
export function simpleStatusJson(
  model: Model,
  repository: Repository,
  status: CommitStatus,
): Record<string, unknown> {
  return {
    url: model.urls.repositoryApi(repository, `/statuses/${status.oid}`),
    avatar_url: model.urls.html(`/avatars/${status.creatorId}`),
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  }
}

/** GitHub's `status`. */
export function statusJson(
  model: Model,
  repository: Repository,
  status: CommitStatus,
): Record<string, unknown> {
  return {
    ...simpleStatusJson(model, repository, status),
    creator: accountJson(model, accountById(model, status.creatorId)),
  }
}

function pullsAt(model: Model, repository: Repository, oid: string): Record<string, unknown>[] {
  return pullsOf(model, repository)
    .filter(({ state, headOid }) => state === 'open' && headOid === oid)
    .map((pull) => minimalPullJson(model, repository, pull))
}
