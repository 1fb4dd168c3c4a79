/** What GitHub asks of an app for what hangs on a pull request as it does on an issue: either permission will do. */
export const READ = [
  ['issues', 'read'],
  ['pull_requests', 'read'],
] as const
export const WRITE = [
  ['issues', 'write'],
  ['pull_requests', 'write'],
] as const
