/**
 * Payloads in the form that GitLab documents, without the parts that nobody here reads:
 * https://docs.gitlab.com/user/project/integrations/webhook_events/ (project and group hooks) and
 * https://docs.gitlab.com/administration/system_hooks/ (hooks of the instance).
 */

export const ZERO = '0'.repeat(40)

/** Of a project in nested groups, with the addresses that must never be used. */
export const PROJECT = {
  id: 15,
  name: 'Web',
  web_url: 'http://evil.example/acme/platform/web',
  git_ssh_url: 'git@evil.example:acme/platform/web.git',
  git_http_url: 'http://evil.example/acme/platform/web.git',
  namespace: 'Platform',
  visibility_level: 0,
  path_with_namespace: 'acme/platform/web',
  default_branch: 'main',
}

export const PUSH = {
  object_kind: 'push',
  event_name: 'push',
  before: '95790bf891e76fee5e1747ab589903a6a1f80f22',
  after: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
  ref: 'refs/heads/main',
  ref_protected: true,
  checkout_sha: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7',
  user_id: 4,
  user_username: 'jsmith',
  project_id: 15,
  project: PROJECT,
  commits: [],
  total_commits_count: 0,
}

export const TAG_PUSH = {
  ...PUSH,
  object_kind: 'tag_push',
  event_name: 'tag_push',
  before: ZERO,
  after: '82b3d5ae55f7080f1e6022629cdb57bfae7cccc7',
  ref: 'refs/tags/v1.0.0',
}

export const MERGE_REQUEST = {
  object_kind: 'merge_request',
  event_type: 'merge_request',
  user: { id: 1, username: 'root' },
  project: PROJECT,
  object_attributes: {
    id: 99,
    iid: 1,
    target_branch: 'main',
    source_branch: 'ms-viewport',
    title: 'MS-Viewport',
    state: 'opened',
    draft: false,
    last_commit: { id: 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7' },
    action: 'open',
    detailed_merge_status: 'mergeable',
  },
  changes: {},
}

export const NOTE = {
  object_kind: 'note',
  event_type: 'note',
  user: { id: 1, username: 'root' },
  project: PROJECT,
  object_attributes: {
    id: 1244,
    note: 'This MR needs work.',
    noteable_type: 'MergeRequest',
    system: false,
    action: 'create',
  },
  merge_request: {
    id: 7,
    iid: 1,
    state: 'opened',
    last_commit: { id: '562e173be03b8ff2efb05345d12df18815438a4b' },
  },
}

export const PIPELINE = {
  object_kind: 'pipeline',
  object_attributes: {
    id: 31,
    ref: 'main',
    tag: false,
    sha: 'bcbb5ec396a2c0f828686f14fac9b80b780504f2',
    source: 'push',
    status: 'success',
  },
  project: PROJECT,
}

export const DEPLOYMENT = {
  object_kind: 'deployment',
  status: 'success',
  deployment_id: 15,
  environment: 'staging',
  environment_tier: 'staging',
  project: PROJECT,
  short_sha: '279484c0',
}

/** Of a group's hook, and of the instance's. */
export const PROJECT_CREATE = {
  event_name: 'project_create',
  name: 'Web',
  path: 'web',
  path_with_namespace: 'acme/platform/web',
  project_id: 22,
  project_visibility: 'private',
}

export const PROJECT_RENAME = {
  ...PROJECT_CREATE,
  event_name: 'project_rename',
  old_path_with_namespace: 'acme/platform/website',
}

export const REPOSITORY_UPDATE = {
  event_name: 'repository_update',
  project_id: 1,
  project: PROJECT,
  changes: [{ before: ZERO, after: PUSH.after, ref: 'refs/heads/main' }],
  refs: ['refs/heads/main'],
}

export const GROUP_RENAME = {
  event_name: 'group_rename',
  full_path: 'acme/core',
  old_full_path: 'acme/platform',
  group_id: 64,
}
