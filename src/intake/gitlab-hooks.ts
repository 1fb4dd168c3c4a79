/**
 * The events that a project's or group's webhook must send: exactly those that `gitlabMeaning` uses. All others
 * are turned off. https://docs.gitlab.com/api/project_webhooks/#add-a-webhook-to-a-project
 */
export const GITLAB_HOOK_EVENTS = {
  push_events: true,
  tag_push_events: true,
  merge_requests_events: true,
  note_events: true,
  pipeline_events: true,
  deployment_events: true,
} as const

/** Only groups have it: projects that come and go. https://docs.gitlab.com/api/group_webhooks/ */
export const GITLAB_GROUP_HOOK_EVENTS = { ...GITLAB_HOOK_EVENTS, project_events: true } as const
