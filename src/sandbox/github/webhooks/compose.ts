import type { Courier } from '../../hooks/dispatcher.ts'
import { accountById, installationOf } from '../../model/access.ts'
import type { ForgeEvent } from '../../model/events.ts'
import { nodeId } from '../../model/ids.ts'
import { repositoriesOf } from '../../model/installations.ts'
import type { Model } from '../../model/model.ts'
import type { Installation, Repository } from '../../model/types.ts'
import { accountJson, organizationJson } from '../json/account.ts'
import { installationJson } from '../json/app.ts'
import { checkRunJson, checkSuiteCore, checkSuiteJson } from '../json/check.ts'
import { commentJson, reviewJson } from '../json/discussion.ts'
import { commitJson } from '../json/git.ts'
import { labelJson } from '../json/label.ts'
import { fullPullJson, issueJson, pullJson } from '../json/pull.ts'
import { repositoryJson } from '../json/repository.ts'
import { refsPayloads } from './push.ts'

type Part = { event: string; payload: Record<string, unknown> }
type RepositoryEvent = Exclude<ForgeEvent, { type: 'installation' | 'installation-repositories' }>

/**
 * What GitHub sends to the app: only about repositories where it is installed, and only what it subscribes to.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function createCompose(model: Model): Courier['compose'] {
  return async (event) => {
    if (event.type === 'installation' || event.type === 'installation-repositories') {
      const { name, payload } = installationPayload(model, event)
      const installationId = event.installation.id
      return [{ event: name, action: event.action, installationId, repositoryId: null, payload }]
    }
    const { repository, sender } = event
    const installation = installationOf(model, repository)
    if (installation === null || installation.suspendedAt !== null) return []
    const parts = await payloads(model, event)
    return parts
      .filter((part) => installation.events.includes(part.event))
      .map((part) => ({
        event: part.event,
        action: typeof part.payload.action === 'string' ? part.payload.action : null,
        installationId: installation.id,
        repositoryId: repository.id,
        payload: {
          repository: repositoryJson(model, repository),
          ...part.payload,
          ...common(model, repository, installation),
          sender: accountJson(model, sender),
        },
      }))
  }
}

async function payloads(model: Model, event: RepositoryEvent): Promise<Part[]> {
  const { repository } = event
  switch (event.type) {
    case 'refs':
      return await refsPayloads(model, event)
    case 'pull':
      return [{ event: 'pull_request', payload: await pullPayload(model, event) }]
    case 'review': {
      const review = reviewJson(model, repository, event.review)
      return [
        {
          event: 'pull_request_review',
          payload: {
            action: event.action,
            review: { ...review, state: event.review.state.toLowerCase(), body: event.review.body || null },
            pull_request: pullJson(model, repository, event.pull),
          },
        },
      ]
    }
    case 'comment':
      return [
        {
          event: 'issue_comment',
          payload: {
            action: event.action,
            ...(event.bodyBefore === null ? {} : { changes: { body: { from: event.bodyBefore } } }),
            issue: issueJson(model, repository, event.pull),
            comment: commentJson(model, repository, event.comment),
          },
        },
      ]
    case 'check-run': {
      const run = checkRunJson(model, repository, event.run)
      const check_suite = checkSuiteCore(model, repository, event.suite)
      return [{ event: 'check_run', payload: { action: event.action, check_run: { ...run, check_suite } } }]
    }
    case 'check-suite': {
      const { repository: _, ...check_suite } = await checkSuiteJson(model, repository, event.suite)
      return [{ event: 'check_suite', payload: { action: event.action, check_suite } }]
    }
    case 'repository': {
      const { action, changes } = event
      return [{ event: 'repository', payload: { action, ...(changes === null ? {} : { changes }) } }]
    }
    case 'status':
      return [{ event: 'status', payload: await statusPayload(model, event) }]
    case 'pipeline':
    case 'deployment':
      return []
  }
}

async function pullPayload(
  model: Model,
  event: ForgeEvent & { type: 'pull' },
): Promise<Record<string, unknown>> {
  const { action, repository, pull, before } = event
  const changes: Record<string, unknown> = {}
  if (action === 'edited' && before !== null) {
    if (before.title !== pull.title) changes.title = { from: before.title }
    if (before.body !== pull.body) changes.body = { from: before.body ?? '' }
    if (before.baseBranch !== pull.baseBranch) {
      changes.base = { ref: { from: before.baseBranch }, sha: { from: before.baseOid } }
    }
  }
  const label =
    action === 'labeled'
      ? pull.labels.find((each) => before?.labels.includes(each) === false)
      : action === 'unlabeled'
        ? before?.labels.find((each) => !pull.labels.includes(each))
        : undefined
  return {
    action,
    number: pull.number,
    pull_request: await fullPullJson(model, repository, pull, false),
    ...(action === 'edited' ? { changes } : {}),
    ...(label === undefined ? {} : { label: labelJson(model, repository, label) }),
    ...(action === 'synchronize' ? { before: before?.headOid ?? pull.headOid, after: pull.headOid } : {}),
  }
}

async function statusPayload(
  model: Model,
  { repository, status }: ForgeEvent & { type: 'status' },
): Promise<Record<string, unknown>> {
  const git = model.git(repository)
  const commit = await git.commit(status.oid)
  const branches = [...(await git.refs()).values()]
    .filter(({ name, oid }) => name.startsWith('refs/heads/') && oid === status.oid)
    .slice(0, 10)
  return {
    id: status.id,
    sha: status.oid,
    name: `${repository.owner}/${repository.name}`,
    target_url: status.targetUrl,
    avatar_url: model.urls.html(`/avatars/${status.creatorId}`),
    context: status.context,
    description: status.description,
    state: status.state,
    commit: commit === null ? {} : commitJson(model, repository, commit),
    branches: branches.map(({ name, oid }) => ({
      name: name.slice('refs/heads/'.length),
      commit: { sha: oid, url: model.urls.repositoryApi(repository, `/commits/${oid}`) },
      protected: false,
    })),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  }
}

function installationPayload(
  model: Model,
  event: ForgeEvent & { type: 'installation' | 'installation-repositories' },
): { name: string; payload: Record<string, unknown> } {
  const brief = (repository: Repository): Record<string, unknown> => ({
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: repository.private,
  })
  const { action, installation, sender } = event
  const shared = {
    action,
    installation: installationJson(model, installation),
    sender: accountJson(model, sender),
  }
  if (event.type === 'installation') {
    const repositories = repositoriesOf(model, installation).map(brief)
    return { name: 'installation', payload: { ...shared, repositories, requester: null } }
  }
  const listed = event.repositories.map(brief)
  return {
    name: 'installation_repositories',
    payload: {
      ...shared,
      repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
      repositories_added: action === 'added' ? listed : [],
      repositories_removed: action === 'removed' ? listed : [],
      requester: null,
    },
  }
}

function common(model: Model, repository: Repository, installation: Installation): Record<string, unknown> {
  const owner = accountById(model, repository.ownerId)
  const { id } = installation
  return {
    installation: { id, node_id: nodeId('Installation', id) },
    ...(owner.type === 'Organization' ? { organization: organizationJson(model, owner) } : {}),
  }
}
