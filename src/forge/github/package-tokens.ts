import { SupercargoError } from '../../domain/errors.ts'
import { lruCache } from '../../domain/lru.ts'
import { answerOf, ended, statusOf } from '../shared/answer.ts'
import { createClient } from './client.ts'
import type { GitHubOptions } from './options.ts'

/** `write` also reads. */
export type PackageAccess = 'read' | 'write'

/**
 * The token for the packages of an account. Null where there is none for reading, which is logged: the app is not
 * installed there, or its installation does not have the permission; public packages can be read all the same.
 * Throws `permission-missing` (permanent) where there is none for writing.
 */
export type PackageTokens = (owner: string, access: PackageAccess) => Promise<string | null>

/** Tokens live for an hour; one that ends within this time is replaced. */
const MARGIN = 5 * 60_000

/** That there is no token is believed for so long. */
const ABSENCE = 10 * 60_000

interface Held {
  token: string | null
  /** Milliseconds since 1970. */
  askAgainAt: number
}

/**
 * Installation tokens of an app that may do nothing but read or write packages (requirement 21), or always the
 * plain token. https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
 */
export function createPackageTokens(options: GitHubOptions): PackageTokens {
  if ('token' in options.credentials) {
    const { token } = options.credentials
    return async () => token
  }
  const client = createClient(options)
  const clock = options.clock ?? (() => new Date())
  const held = lruCache<Promise<Held>>(1_000)

  async function create(owner: string, access: PackageAccess): Promise<Held> {
    try {
      const { token, expires_at } = await ask(owner, access)
      return { token, askAgainAt: Date.parse(expires_at) - MARGIN }
    } catch (error) {
      if (![403, 404, 422].includes(statusOf(error) ?? 0)) throw error
      if (access === 'write') throw notWritable(owner, error)
      const problem = answerOf(error)
      options.log.warn({ owner, problem }, 'There is no token for the packages of this account on GitHub.')
      return { token: null, askAgainAt: clock().getTime() + ABSENCE }
    }
  }

  async function ask(owner: string, access: PackageAccess) {
    const { app } = client.tokens
    if (app === null) throw new Error('An app has access as itself.')
    const session = client.sessionOf(app, `the packages of ${owner}`)
    const installation_id = await session
      .read((request) => request('GET /orgs/{org}/installation', { org: owner }))
      .catch((error: unknown) => {
        if (statusOf(error) !== 404) throw error
        return session.read((request) => request('GET /users/{username}/installation', { username: owner }))
      })
      .then(({ data }) => data.id)
    // sent as a read: a token too many does no harm
    const { data } = await session.read((request) =>
      request('POST /app/installations/{installation_id}/access_tokens', {
        installation_id,
        permissions: { packages: access },
      }),
    )
    return data
  }

  return async (owner, access) => {
    const key = `${access} ${owner.toLowerCase()}`
    const old = held.get(key)
    if (old !== undefined) {
      const { token, askAgainAt } = await old
      if (askAgainAt > clock().getTime()) return token
    }
    const created = create(owner, access)
    held.set(key, created)
    created.catch(() => held.delete(key))
    return (await created).token
  }
}

function notWritable(owner: string, failure: unknown): SupercargoError {
  const said = ended(answerOf(failure))
  return new SupercargoError(`The app may not write packages of ${owner} on GitHub: ${said}`, {
    code: 'permission-missing',
    kind: 'permanent',
    advice:
      'Give the app the permission Packages: read and write and accept it in the installation, or name ghcr.io in REGISTRIES with a token that has write:packages.',
  })
}
