import { accountById, roleOf } from '../../model/access.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Actor, Repository } from '../../model/types.ts'
import { accountJson } from './account.ts'

const TEMPLATES = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
}

/** GitHub's `repository`, as it stands in pull requests, listings and webhooks. */
export function repositoryJson(model: Model, repository: Repository): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  const html = model.urls.repository(repository)
  const openIssues = model.tables.pulls.by(repository.id).filter(({ state }) => state === 'open').length
  const forks = model.tables.repositories.all().filter(({ parentId }) => parentId === repository.id).length
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: repository.private,
    owner: accountJson(model, accountById(model, repository.ownerId)),
    html_url: html,
    description: repository.description,
    fork: repository.parentId !== null,
    url: api,
    ...Object.fromEntries(Object.entries(TEMPLATES).map(([key, path]) => [key, `${api}${path}`])),
    git_url: `${html.replace(/^https?:/, 'git:')}.git`,
    ssh_url: `ssh://git@${html.replace(/^https?:\/\//, '')}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    size: 0,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: [],
    has_issues: false,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: false,
    has_discussions: false,
    archived: repository.archived,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    allow_forking: true,
    web_commit_signoff_required: false,
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    forks,
    forks_count: forks,
    watchers: 0,
    watchers_count: 0,
    stargazers_count: 0,
    open_issues: openIssues,
    open_issues_count: openIssues,
  }
}

/** GitHub's `full-repository`: what `GET /repos/{owner}/{repo}` tells this actor. */
export function fullRepositoryJson(
  model: Model,
  repository: Repository,
  actor: Actor,
): Record<string, unknown> {
  const parent = repository.parentId === null ? undefined : model.tables.repositories.get(repository.parentId)
  const owner = accountById(model, repository.ownerId)
  return {
    ...repositoryJson(model, repository),
    permissions: permissionsJson(model, repository, actor),
    allow_merge_commit: repository.allowMergeCommit,
    allow_squash_merge: repository.allowSquashMerge,
    allow_rebase_merge: repository.allowRebaseMerge,
    allow_auto_merge: repository.allowAutoMerge,
    allow_update_branch: false,
    delete_branch_on_merge: repository.deleteBranchOnMerge,
    use_squash_pr_title_as_default: false,
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
    squash_merge_commit_message: 'COMMIT_MESSAGES',
    merge_commit_title: 'MERGE_MESSAGE',
    merge_commit_message: 'PR_TITLE',
    subscribers_count: 0,
    network_count: 0,
    ...(owner.type === 'Organization' ? { organization: accountJson(model, owner) } : {}),
    ...(parent === undefined
      ? {}
      : { parent: repositoryJson(model, parent), source: repositoryJson(model, parent) }),
  }
}

/** What the actor may do: `permissions` of a repository. */
export function permissionsJson(model: Model, repository: Repository, actor: Actor): Record<string, boolean> {
  const role = actor.kind === 'person' ? (roleOf(model, actor.account, repository) ?? 'read') : 'read'
  const push = actor.kind === 'installation' && actor.permissions.contents === 'write'
  return {
    admin: role === 'admin',
    maintain: role === 'admin' || role === 'maintain',
    push: push || ['admin', 'maintain', 'write'].includes(role),
    triage: role !== 'read',
    pull: true,
  }
}
