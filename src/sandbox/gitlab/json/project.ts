import { memberLevel } from '../../model/access.ts'
import type { Model } from '../../model/model.ts'
import type { Account, Repository } from '../../model/types.ts'
import { groupPath } from '../state/groups.ts'

/** `acme/platform/web` */
export function fullPath({ owner, name }: Pick<Repository, 'owner' | 'name'>): string {
  return `${owner}/${name}`
}

/** A project as lists with `simple` show it, and as it stands in other things. */
export function simpleProjectJson(model: Model, project: Repository): Record<string, unknown> {
  const { web, http } = addresses(model, project)
  const path = fullPath(project)
  return {
    id: project.id,
    description: project.description,
    name: project.name,
    name_with_namespace: path.replaceAll('/', ' / '),
    path: project.name,
    path_with_namespace: path,
    created_at: project.createdAt,
    default_branch: project.defaultBranch,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: `git@${new URL(web).hostname}:${path}.git`,
    http_url_to_repo: http,
    web_url: web,
    readme_url: null,
    forks_count: model.tables.repositories.all().filter(({ parentId }) => parentId === project.id).length,
    avatar_url: null,
    star_count: 0,
    last_activity_at: [project.pushedAt, project.updatedAt].sort().at(-1),
    visibility: project.private ? 'private' : 'public',
    namespace: namespaceJson(model, project),
  }
}

/** A project as one sees it alone. https://docs.gitlab.com/api/projects/#get-a-single-project */
export function projectJson(model: Model, project: Repository, viewer: Account): Record<string, unknown> {
  const api = model.urls.api(`/projects/${project.id}`)
  const enabled = 'enabled'
  return {
    ...simpleProjectJson(model, project),
    container_registry_image_prefix: `${new URL(model.urls.html()).host}/${fullPath(project)}`,
    _links: {
      self: api,
      merge_requests: `${api}/merge_requests`,
      repo_branches: `${api}/repository/branches`,
      labels: `${api}/labels`,
      events: `${api}/events`,
      members: `${api}/members`,
    },
    packages_enabled: true,
    empty_repo: Object.keys(model.tables.seenRefs.get(project.id)?.refs ?? {}).length === 0,
    archived: project.archived,
    resolve_outdated_diff_discussions: false,
    repository_object_format: 'sha1',
    issues_enabled: true,
    merge_requests_enabled: true,
    wiki_enabled: false,
    jobs_enabled: true,
    snippets_enabled: false,
    can_create_merge_request_in: true,
    repository_access_level: enabled,
    merge_requests_access_level: enabled,
    forking_access_level: enabled,
    builds_access_level: enabled,
    environments_access_level: enabled,
    shared_runners_enabled: true,
    lfs_enabled: true,
    creator_id: model.you.id,
    import_status: 'none',
    open_issues_count: 0,
    updated_at: project.updatedAt,
    ci_config_path: '',
    public_jobs: true,
    shared_with_groups: [],
    only_allow_merge_if_pipeline_succeeds: project.onlyMergeAfterPipeline ?? false,
    allow_merge_on_skipped_pipeline: null,
    request_access_enabled: true,
    only_allow_merge_if_all_discussions_are_resolved: false,
    remove_source_branch_after_merge: project.deleteBranchOnMerge,
    printing_merge_request_link_enabled: true,
    merge_method: project.allowMergeCommit ? 'merge' : 'ff',
    squash_option: project.allowSquashMerge ? 'default_off' : 'never',
    ...forked(model, project),
    permissions: permissions(model, project, viewer),
  }
}

function permissions(model: Model, project: Repository, viewer: Account): Record<string, unknown> {
  const own = { ...project, owner: '' }
  const direct = memberLevel(model, viewer, own)
  const inherited = memberLevel(model, viewer, { ...project, id: -1 })
  const access = (level: number): unknown =>
    level === 0 ? null : { access_level: level, notification_level: 3 }
  return { project_access: access(direct), group_access: access(inherited) }
}

function forked(model: Model, { parentId }: Repository): Record<string, unknown> {
  const parent = parentId === null ? undefined : model.tables.repositories.get(parentId)
  return parent === undefined ? {} : { forked_from_project: simpleProjectJson(model, parent) }
}

function namespaceJson(model: Model, { ownerId, owner }: Repository): Record<string, unknown> {
  const account = model.tables.accounts.get(ownerId)
  const path = owner.split('/').at(-1) ?? owner
  const group = account?.type === 'Organization'
  const parent = group ? groupPath(model, owner.split('/').slice(0, -1).join('/')) : null
  return {
    id: ownerId,
    name: group ? path : (account?.name ?? path),
    path,
    kind: group ? 'group' : 'user',
    full_path: owner,
    parent_id: parent?.id ?? null,
    avatar_url: null,
    web_url: model.urls.html(group ? `/groups/${owner}` : `/${owner}`),
  }
}

function addresses(model: Model, project: Repository): { web: string; http: string } {
  const web = model.urls.repository(project)
  return { web, http: `${web}.git` }
}

/** What every webhook says about its project. https://docs.gitlab.com/user/project/integrations/webhook_events/ */
export function hookProjectJson(model: Model, project: Repository): Record<string, unknown> {
  const { web, http } = addresses(model, project)
  const ssh = `git@${new URL(web).hostname}:${fullPath(project)}.git`
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    web_url: web,
    avatar_url: null,
    git_ssh_url: ssh,
    git_http_url: http,
    namespace: project.owner.split('/').at(-1) ?? project.owner,
    visibility_level: project.private ? 0 : 20,
    path_with_namespace: fullPath(project),
    default_branch: project.defaultBranch,
    ci_config_path: '',
    homepage: web,
    url: http,
    ssh_url: ssh,
    http_url: http,
  }
}
