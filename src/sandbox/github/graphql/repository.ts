import type {
  RepositoryObjectArgs,
  RepositoryPullRequestArgs,
  RepositoryRefArgs,
  RepositoryRefsArgs,
} from '@octokit/graphql-schema'
import { accountById, can, roleOf } from '../../model/access.ts'
import { nodeId } from '../../model/ids.ts'
import { findPull } from '../../model/pulls.ts'
import type { Repository } from '../../model/types.ts'
import { actorView } from './accounts.ts'
import { PAGE } from './connection.ts'
import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { takes, type View } from './fields.ts'
import { expressionView, objectView } from './objects.ts'
import { pullList } from './pull-lists.ts'
import { pullView } from './pulls.ts'
import { refByName, refsConnection } from './refs.ts'

export function repositoryView(execution: Execution, repository: Repository): View {
  const { model } = execution
  const url = model.urls.repository(repository)
  const contents = (): void => execution.allow(repository, 'contents')
  return {
    __typename: 'Repository',
    id: nodeId('Repository', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: `${repository.owner}/${repository.name}`,
    owner: () => actorView(execution, accountById(model, repository.ownerId)),
    description: repository.description,
    url,
    resourcePath: `/${repository.owner}/${repository.name}`,
    isPrivate: repository.private,
    visibility: repository.private ? 'PRIVATE' : 'PUBLIC',
    isArchived: repository.archived,
    isDisabled: false,
    isLocked: false,
    isFork: repository.parentId !== null,
    isEmpty: async () => (await model.git(repository).refs()).size === 0,
    createdAt: repository.createdAt,
    updatedAt: repository.updatedAt,
    pushedAt: repository.pushedAt,
    viewerPermission: viewerPermission(execution, repository),
    mergeCommitAllowed: repository.allowMergeCommit,
    squashMergeAllowed: repository.allowSquashMerge,
    rebaseMergeAllowed: repository.allowRebaseMerge,
    autoMergeAllowed: repository.allowAutoMerge,
    deleteBranchOnMerge: repository.deleteBranchOnMerge,
    parent: () => {
      const parent = model.tables.repositories.get(repository.parentId ?? -1)
      return parent === undefined ? null : repositoryView(execution, parent)
    },
    defaultBranchRef: () => {
      contents()
      return refByName(execution, repository, `refs/heads/${repository.defaultBranch}`)
    },
    ref: takes<RepositoryRefArgs>(['qualifiedName'], async ({ qualifiedName: name }) => {
      contents()
      if (name.startsWith('refs/')) return await refByName(execution, repository, name)
      const heads = await refByName(execution, repository, `refs/heads/${name}`)
      return heads ?? (await refByName(execution, repository, `refs/tags/${name}`))
    }),
    refs: takes<RepositoryRefsArgs>([...PAGE, 'refPrefix', 'query', 'orderBy', 'direction'], (args) => {
      contents()
      return refsConnection(execution, repository, args)
    }),
    object: takes<RepositoryObjectArgs>(['oid', 'expression'], ({ oid, expression }) => {
      contents()
      if (oid) return objectView(execution, repository, oid)
      return expression ? expressionView(execution, repository, expression) : null
    }),
    pullRequest: takes<RepositoryPullRequestArgs>(['number'], ({ number }) => {
      execution.allow(repository, 'pull_requests')
      const pull = findPull(model, repository, number)
      if (pull !== null) return pullView(execution, repository, pull)
      throw new FieldError('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`)
    }),
    pullRequests: pullList(execution, repository),
  }
}

function viewerPermission({ model, actor }: Execution, repository: Repository): string | null {
  if (actor.kind === 'person') return roleOf(model, actor.account, repository)?.toUpperCase() ?? null
  if (can(model, actor, repository, 'administration', 'write')) return 'ADMIN'
  return can(model, actor, repository, 'contents', 'write') ? 'WRITE' : 'READ'
}
