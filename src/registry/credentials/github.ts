import type { ShowCredentials } from './held.ts'

/**
 * A token of GitHub for the owner of the packages, as the password of `x-access-token`; nothing where there is no
 * such token, for public packages need none.
 * @param tokenOf by the account that owns the packages; it keeps the token until shortly before its end
 */
export function githubCredentials(tokenOf: (owner: string) => Promise<string | null>): ShowCredentials {
  return async (repository) => {
    const token = await tokenOf(repository.slice(0, repository.indexOf('/')))
    return token === null ? null : { kind: 'basic', username: 'x-access-token', password: token }
  }
}
