/** Every branch that the bot writes begins with this; it never writes to another by force. */
export const BRANCH_PREFIX = 'supercargo/'

/** No app may have this name: its branches would be below the next one, and Git has no branch below a branch. */
export const STATE = 'state'

/** The branch of a manifest repository where the bot keeps what people have told it. */
export const STATE_BRANCH = `${BRANCH_PREFIX}${STATE}`

/** The target name under which all previews of an app share one branch; no environment may have this name. */
export const PREVIEWS = 'previews'

/** The same for previews at a path that the configuration does not have any more. */
export const FORMER_PREVIEWS = 'former-previews'

/** Where a manifest repository says who may change what. */
export const POLICY_PATH = '.supercargo/policy.yml'

/** Where an application repository's configuration may be. */
export const CONFIG_PATHS = ['.github/supercargo.yml', '.gitlab/supercargo.yml', '.supercargo.yml'] as const

/**
 * The same in the order of a forge, whose own directory comes first: the first file that exists counts.
 * @param directory `.gitlab` on GitLab
 */
export function configPaths(directory: '.github' | '.gitlab'): string[] {
  const own = (path: string) => path.startsWith(`${directory}/`)
  return [...CONFIG_PATHS].sort((a, b) => Number(own(b)) - Number(own(a)))
}

/** Names of apps and environments: RFC 1123 labels, so that they are valid in branches, paths and namespaces. */
export const NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** The branch of the one change request per (app, environment): `supercargo/<app>/<environment>`. */
export function changeRequestBranch(app: string, target: string): string {
  return `${changeRequestPrefix(app)}${target}`
}

/** What the branches of all change requests of an app begin with. */
export function changeRequestPrefix(app: string): string {
  return `${BRANCH_PREFIX}${app}/`
}
