import { fixedCredentials } from './fixed.ts'
import type { ShowCredentials } from './held.ts'

/**
 * The access token of a project, a group or a bot. GitLab's token server, `/jwt/auth` of the instance, takes it as
 * a password, with any name beside it; nobody else may be shown it.
 * https://docs.gitlab.com/user/packages/container_registry/authenticate_with_container_registry/
 */
export function gitlabCredentials(token: string): ShowCredentials {
  return fixedCredentials({ kind: 'basic', username: 'supercargo', password: token })
}
