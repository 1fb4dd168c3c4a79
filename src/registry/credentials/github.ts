import type { ShowCredentials } from './held.ts'

/**
 * A token of GitHub for the owner of the packages, as the password of `x-access-token`; nothing where there is no
 * such token, for public packages need none.
 * @param tokenOf by the account that owns the packages; it keeps the token until shortly before its end
 */
export function githubCredentials(
  tokenOf: (owner: string, access: 'read' | 'write') => Promise<string | null>,
): ShowCredentials {
  return async (repository, scopes) => {
    const access = scopes.some((scope) => scope.endsWith(',push')) ? 'write' : 'read'
    const token = await tokenOf(repository.split('/')[0] ?? '', access)
    return token === null ? null : { kind: 'basic', username: 'x-access-token', password: token }
  }
}
