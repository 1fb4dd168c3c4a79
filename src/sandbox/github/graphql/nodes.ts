import { canSee } from '../../model/access.ts'
import { findComment } from '../../model/discussion.ts'
import { parseNodeId } from '../../model/ids.ts'
import type { IssueComment, PullRequest, Repository } from '../../model/types.ts'
import { actorView } from './accounts.ts'
import { runView, suiteView } from './checks.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import type { View } from './fields.ts'
import { objectView } from './objects.ts'
import { commentView, pullView } from './pulls.ts'
import { refByName } from './refs.ts'
import { repositoryView } from './repository.ts'

/** The repository with this node id. @throws NOT_FOUND, also where the actor may not see it */
export function repositoryOf(execution: Execution, id: string): Repository {
  const node = parseNodeId(id)
  const number = node?.kind === 'Repository' ? Number(node.parts[0]) : -1
  const repository = execution.model.tables.repositories.get(number)
  return visible(execution, repository, id)
}

/** The pull request with this node id, and its repository. @throws NOT_FOUND */
export function pullOf(execution: Execution, id: string): { repository: Repository; pull: PullRequest } {
  const node = parseNodeId(id)
  const pull =
    node?.kind === 'PullRequest' ? execution.model.tables.pulls.get(Number(node.parts[0])) : undefined
  const repository = execution.model.tables.repositories.get(pull?.repositoryId ?? -1)
  if (pull === undefined) throw notFound(id)
  return { repository: visible(execution, repository, id), pull }
}

/** The comment with this node id, and its repository. @throws NOT_FOUND */
export function commentOf(
  execution: Execution,
  id: string,
): { repository: Repository; comment: IssueComment } {
  const node = parseNodeId(id)
  const number = node?.kind === 'IssueComment' ? Number(node.parts[0]) : -1
  const row = execution.model.tables.comments.get(number)
  const repository = visible(execution, execution.model.tables.repositories.get(row?.repositoryId ?? -1), id)
  const comment = findComment(execution.model, repository, number)
  if (comment === null) throw notFound(id)
  return { repository, comment }
}

/** The full name of the reference with this node id, and its repository. @throws NOT_FOUND */
export function refOf(execution: Execution, id: string): { repository: Repository; name: string } {
  const node = parseNodeId(id)
  if (node?.kind !== 'Ref') throw notFound(id)
  const repository = execution.model.tables.repositories.get(Number(node.parts[0]))
  return { repository: visible(execution, repository, id), name: String(node.parts[1]) }
}

/** Anything with a node id; null when it is of a kind that has no view. @throws NOT_FOUND */
export async function nodeView(execution: Execution, id: string): Promise<View> {
  const found = await lookUp(execution, id)
  if (found === null) throw notFound(id)
  return found
}

async function lookUp(execution: Execution, id: string): Promise<View | null> {
  const { tables } = execution.model
  const node = parseNodeId(id)
  const [first, second] = node?.parts ?? []
  switch (node?.kind) {
    case 'Repository':
      return repositoryView(execution, repositoryOf(execution, id))
    case 'PullRequest': {
      const { repository, pull } = pullOf(execution, id)
      execution.allow(repository, 'pull_requests')
      return pullView(execution, repository, pull)
    }
    case 'IssueComment': {
      const { repository, comment } = commentOf(execution, id)
      execution.allow(repository, 'pull_requests')
      return commentView(execution, repository, comment)
    }
    case 'Ref': {
      const { repository, name } = refOf(execution, id)
      execution.allow(repository, 'contents')
      return await refByName(execution, repository, name)
    }
    case 'Commit':
    case 'Tree':
    case 'Blob':
    case 'Tag': {
      const repository = visible(execution, tables.repositories.get(Number(first)), id)
      execution.allow(repository, 'contents')
      return await objectView(execution, repository, String(second))
    }
    case 'CheckRun': {
      const run = tables.checkRuns.get(Number(first))
      const repository = visible(execution, tables.repositories.get(run?.repositoryId ?? -1), id)
      execution.allow(repository, 'checks')
      return run === undefined ? null : runView(execution, repository, run)
    }
    case 'CheckSuite': {
      const suite = tables.checkSuites.get(Number(first))
      const repository = visible(execution, tables.repositories.get(suite?.repositoryId ?? -1), id)
      execution.allow(repository, 'checks')
      return suite === undefined ? null : suiteView(execution, repository, suite)
    }
    case 'User':
    case 'Bot':
    case 'Organization': {
      const account = tables.accounts.get(Number(first))
      return account === undefined ? null : actorView(execution, account)
    }
    default:
      return null
  }
}

function visible(execution: Execution, repository: Repository | undefined, id: string): Repository {
  if (repository !== undefined && canSee(execution.model, execution.actor, repository)) return repository
  throw notFound(id)
}

function notFound(id: string): FieldError {
  return new FieldError('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`)
}
