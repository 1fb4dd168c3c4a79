import type { CommitObject } from '../../git/objects.ts'
import { signatureTime } from '../../git/objects.ts'
import { accountById } from '../../model/access.ts'
import type { ForgeEvent } from '../../model/events.ts'
import type { Model } from '../../model/model.ts'
import type { Account, PullRequest, Repository } from '../../model/types.ts'
import { stateName } from '../json/merge-request.ts'
import { hookProjectJson } from '../json/project.ts'
import { workOutStatus } from '../state/merge-status.ts'
import type { Part } from './courier.ts'
import { projectPayload } from './project.ts'
import { refsPayloads } from './push.ts'

type ProjectEvent = ForgeEvent & { repository: Repository }

/** What GitLab sends about an event. https://docs.gitlab.com/user/project/integrations/webhook_events/ */
export async function payloadsOf(model: Model, event: ProjectEvent): Promise<Part[]> {
  switch (event.type) {
    case 'refs':
      return await refsPayloads(model, event)
    case 'pull':
      return [await mergeRequestPayload(model, event)]
    case 'comment':
      return event.action === 'deleted' || event.comment.system === true
        ? []
        : [await notePayload(model, event)]
    case 'review':
      return event.review.state === 'APPROVED' ? [await approvalPayload(model, event)] : []
    case 'pipeline':
      return [await pipelinePayload(model, event)]
    case 'deployment':
      return [await deploymentPayload(model, event)]
    case 'repository':
      return [projectPayload(event)]
    default:
      return []
  }
}

/** A person in a payload. */
export function hookUserJson(model: Model, account: Account): Record<string, unknown> {
  return {
    id: account.id,
    name: account.name,
    username: account.login,
    avatar_url: model.urls.html(`/avatars/${account.id}`),
    email: '[REDACTED]',
  }
}

export function hookCommitJson(
  model: Model,
  project: Repository,
  commit: CommitObject,
): Record<string, unknown> {
  const [title = ''] = commit.message.split('\n')
  return {
    id: commit.oid,
    message: `${commit.message}\n`,
    title,
    timestamp: signatureTime(commit.committer),
    url: model.urls.repository(project, `/commit/${commit.oid}`),
    author: { name: commit.author.name, email: commit.author.email },
  }
}

const ACTIONS = {
  opened: 'open',
  synchronize: 'update',
  edited: 'update',
  ready_for_review: 'update',
  converted_to_draft: 'update',
  reopened: 'reopen',
  labeled: 'update',
  unlabeled: 'update',
} as const

async function mergeRequestPayload(model: Model, event: ProjectEvent & { type: 'pull' }): Promise<Part> {
  const { repository, sender, pull, before, action } = event
  const verb = action === 'closed' ? (pull.state === 'merged' ? 'merge' : 'close') : ACTIONS[action]
  const attributes = await mergeRequestAttributes(model, repository, pull)
  const moved = action === 'synchronize' && before !== null
  const payload = {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: hookUserJson(model, sender),
    project: hookProjectJson(model, repository),
    object_attributes: { ...attributes, action: verb, ...(moved ? { oldrev: before.headOid } : {}) },
    labels: labels(repository, pull),
    changes: { ...changesOf(before, pull), ...labelChange(repository, before, pull) },
    repository: briefRepository(model, repository),
  }
  return { trigger: 'merge_requests_events', event: 'Merge Request Hook', payload }
}

async function approvalPayload(model: Model, event: ProjectEvent & { type: 'review' }): Promise<Part> {
  const { repository, sender, pull } = event
  const attributes = await mergeRequestAttributes(model, repository, pull)
  const payload = {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: hookUserJson(model, sender),
    project: hookProjectJson(model, repository),
    object_attributes: { ...attributes, action: 'approved' },
    labels: labels(repository, pull),
    changes: {},
    repository: briefRepository(model, repository),
  }
  return { trigger: 'merge_requests_events', event: 'Merge Request Hook', payload }
}

function changesOf(before: PullRequest | null, pull: PullRequest): Record<string, unknown> {
  if (before === null) return {}
  const pairs: [string, unknown, unknown][] = [
    ['title', before.title, pull.title],
    ['description', before.body, pull.body],
    ['target_branch', before.baseBranch, pull.baseBranch],
    ['draft', before.draft, pull.draft],
  ]
  const changed = pairs.filter(([, previous, current]) => previous !== current)
  return Object.fromEntries(changed.map(([name, previous, current]) => [name, { previous, current }]))
}

function labelChange(
  project: Repository,
  before: PullRequest | null,
  pull: PullRequest,
): Record<string, unknown> {
  if (before === null || before.labels.join() === pull.labels.join()) return {}
  return { labels: { previous: labels(project, before), current: labels(project, pull) } }
}

async function mergeRequestAttributes(
  model: Model,
  project: Repository,
  pull: PullRequest,
): Promise<Record<string, unknown>> {
  const commit = await model.git(project).commit(pull.headOid)
  const source =
    pull.headRepositoryId === null ? undefined : model.tables.repositories.get(pull.headRepositoryId)
  const status = await workOutStatus(model, project, pull)
  return {
    id: pull.id,
    iid: pull.number,
    target_branch: pull.baseBranch,
    source_branch: pull.headBranch,
    source_project_id: pull.headRepositoryId,
    target_project_id: project.id,
    author_id: pull.authorId,
    assignee_ids: [],
    title: pull.title,
    description: pull.body ?? '',
    created_at: hookTime(pull.createdAt),
    updated_at: hookTime(pull.updatedAt),
    state: stateName(pull),
    merge_status: 'unchecked',
    detailed_merge_status: status === 'mergeable' ? 'unchecked' : status,
    merge_commit_sha: pull.mergeCommitOid,
    merge_user_id: pull.mergedById,
    draft: pull.draft,
    work_in_progress: pull.draft,
    url: model.urls.repository(project, `/pull/${pull.number}`),
    source: source === undefined ? null : hookProjectJson(model, source),
    target: hookProjectJson(model, project),
    last_commit: commit === null ? null : hookCommitJson(model, project, commit),
    labels: labels(project, pull),
    blocking_discussions_resolved: true,
  }
}

async function notePayload(model: Model, event: ProjectEvent & { type: 'comment' }): Promise<Part> {
  const { repository, sender, pull, comment, action } = event
  const url = `${model.urls.repository(repository, `/pull/${pull.number}`)}#note_${comment.id}`
  const payload = {
    object_kind: 'note',
    event_type: 'note',
    user: hookUserJson(model, sender),
    project_id: repository.id,
    project: hookProjectJson(model, repository),
    object_attributes: {
      id: comment.id,
      note: comment.body,
      description: comment.body,
      noteable_type: 'MergeRequest',
      noteable_id: pull.id,
      author_id: comment.authorId,
      created_at: hookTime(comment.createdAt),
      updated_at: hookTime(comment.updatedAt),
      project_id: repository.id,
      line_code: null,
      commit_id: '',
      system: false,
      internal: false,
      type: null,
      action: action === 'created' ? 'create' : 'update',
      url,
    },
    repository: briefRepository(model, repository),
    merge_request: await mergeRequestAttributes(model, repository, pull),
  }
  return { trigger: 'note_events', event: 'Note Hook', payload }
}

async function pipelinePayload(model: Model, event: ProjectEvent & { type: 'pipeline' }): Promise<Part> {
  const { repository, pipeline } = event
  const commit = await model.git(repository).commit(pipeline.oid)
  const pull = model.tables.pulls
    .by(repository.id)
    .findLast(({ state, headOid }) => state === 'open' && headOid === pipeline.oid)
  const payload = {
    object_kind: 'pipeline',
    object_attributes: {
      id: pipeline.id,
      iid: pipeline.iid,
      name: null,
      ref: pipeline.ref,
      tag: pipeline.tag,
      sha: pipeline.oid,
      before_sha: '0'.repeat(40),
      source: pipeline.source,
      status: pipeline.status,
      detailed_status: pipeline.status === 'success' ? 'passed' : pipeline.status,
      stages: [],
      created_at: hookTime(pipeline.createdAt),
      finished_at: pipeline.finishedAt === null ? null : hookTime(pipeline.finishedAt),
      duration: null,
      queued_duration: null,
      variables: [],
      url: `${model.urls.repository(repository)}/-/pipelines/${pipeline.id}`,
    },
    merge_request:
      pull === undefined
        ? null
        : {
            id: pull.id,
            iid: pull.number,
            title: pull.title,
            source_branch: pull.headBranch,
            source_project_id: pull.headRepositoryId,
            target_branch: pull.baseBranch,
            target_project_id: repository.id,
            state: stateName(pull),
            url: model.urls.repository(repository, `/pull/${pull.number}`),
          },
    user: hookUserJson(model, accountById(model, pipeline.accountId)),
    project: hookProjectJson(model, repository),
    commit: commit === null ? null : hookCommitJson(model, repository, commit),
    builds: [],
  }
  return { trigger: 'pipeline_events', event: 'Pipeline Hook', payload }
}

async function deploymentPayload(model: Model, event: ProjectEvent & { type: 'deployment' }): Promise<Part> {
  const { repository, sender, deployment, environment } = event
  const commit = await model.git(repository).commit(deployment.oid)
  const payload = {
    object_kind: 'deployment',
    status: deployment.status,
    status_changed_at: hookTime(deployment.updatedAt),
    deployment_id: deployment.id,
    deployable_id: null,
    deployable_url: null,
    environment: environment.name,
    environment_tier: environment.tier,
    environment_slug: environment.slug,
    environment_external_url: environment.externalUrl,
    project: hookProjectJson(model, repository),
    ref: deployment.ref,
    short_sha: deployment.oid.slice(0, 8),
    user: hookUserJson(model, sender),
    user_url: model.urls.html(`/${sender.login}`),
    commit_url: model.urls.repository(repository, `/commit/${deployment.oid}`),
    commit_title: commit?.message.split('\n')[0] ?? '',
  }
  return { trigger: 'deployment_events', event: 'Deployment Hook', payload }
}

function labels(project: Repository, { labels: names }: PullRequest): unknown[] {
  return names.map((title) => ({ title, project_id: project.id }))
}

function briefRepository(model: Model, project: Repository): Record<string, unknown> {
  const homepage = model.urls.repository(project)
  return { name: project.name, url: `${homepage}.git`, description: project.description, homepage }
}

/** Payloads have times of a form of their own: `2026-01-31 12:00:00 UTC`. */
function hookTime(time: string): string {
  return time.replace('T', ' ').replace('Z', ' UTC')
}
