/**
 * What the GitHub App asks for: the least that it needs (requirement 21). `app.yml` says the same with the
 * reasons, and a test compares the two.
 */
export const GITHUB_PERMISSIONS = {
  contents: 'write',
  pull_requests: 'write',
  checks: 'write',
  issues: 'read',
  statuses: 'read',
  deployments: 'write',
  packages: 'read',
  members: 'read',
  metadata: 'read',
} as const

/** The events that the app subscribes to. */
export const GITHUB_SUBSCRIPTIONS = [
  'check_suite',
  'issue_comment',
  'package',
  'pull_request',
  'pull_request_review',
  'push',
  'registry_package',
  'repository',
  'status',
] as const

/**
 * Events that GitHub sends to every app: they cannot be subscribed to, and a manifest that names them is refused.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#installation
 */
export const GITHUB_UNASKED = ['installation', 'installation_repositories'] as const

/** What a new app is made from. */
export const GITHUB_BLUEPRINT = {
  name: 'Supercargo',
  description: 'Keeps a GitOps manifest repository in step with the applications that feed it.',
  permissions: GITHUB_PERMISSIONS,
  events: GITHUB_SUBSCRIPTIONS,
}

export type GitHubEvent = (typeof GITHUB_SUBSCRIPTIONS)[number] | (typeof GITHUB_UNASKED)[number]
