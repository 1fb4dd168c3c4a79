import { createAppAuth } from '@octokit/auth-app'
import type { Octokit } from '@octokit/rest'
import { SupercargoError } from '../../domain/errors.ts'
import { lruCache } from '../../domain/lru.ts'
import { type RepositoryId, repositoryName } from '../../domain/repository.ts'
import { answerOf, ForgeAnswer, statusOf } from '../shared/answer.ts'
import { plain, repositoryNotFound, toSupercargoError } from './errors.ts'
import type { GitHubCredentials } from './options.ts'

/** What a repository is to the bot, or what is done there; it decides the permissions of the token. */
export type Purpose = 'source' | 'checks' | 'manifests' | 'deployments' | 'members' | 'reviews'

/** An installation token may do what its job needs, and nothing else (requirement 21). */
const PERMISSIONS = {
  source: { contents: 'read', pull_requests: 'write', checks: 'write' },
  checks: { contents: 'read', checks: 'read', statuses: 'read' },
  manifests: { contents: 'write', pull_requests: 'write', checks: 'write', statuses: 'read' },
  deployments: { deployments: 'write' },
  members: { members: 'read' },
  reviews: { pull_requests: 'write', members: 'read' },
  listing: { metadata: 'read' },
  glance: { metadata: 'read', pull_requests: 'read' },
} as const

/** Tokens live for an hour; one that ends within this time is replaced. */
const MARGIN = 5 * 60_000

type Request = Octokit['request']

/** Where a repository's requests are counted, and how they are authorised. */
export interface Access {
  /** Key of the installation: limits count for it. */
  group: string
  /** The value of the authorization header; `fresh` after GitHub refused the one before. */
  authorization(fresh: boolean): Promise<string>
}

export interface Tokens {
  /** @throws SupercargoError `repository-not-found` where the app is not installed */
  forRepository(repository: RepositoryId, purpose: Purpose): Promise<Access>
  /** Access that lists the repositories of one installation, or sees at a glance what has changed there. */
  forInstallation(installation: number, purpose: 'listing' | 'glance'): Access
  /** Access as the app itself (a JSON web token); null when there is only a plain token. */
  app: Access | null
  /** Access of the plain token; null for an app. */
  plain: Access | null
}

interface Token {
  token: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** @param request octokit's request function, without any authorisation of its own */
export function createTokens(credentials: GitHubCredentials, request: Request, clock: () => Date): Tokens {
  if ('token' in credentials) {
    const access = { group: 'token', authorization: async () => `token ${credentials.token}` }
    return {
      forRepository: async () => access,
      forInstallation: () => access,
      app: null,
      plain: access,
    }
  }
  const jwt = createJwt(credentials)
  const installations = lruCache<Promise<number>>(10_000)
  const held = lruCache<Promise<Token>>(10_000)

  async function installationOf(repository: RepositoryId): Promise<number> {
    const key = repository.path.toLowerCase()
    let found = installations.get(key)
    if (found === undefined) {
      found = findInstallation(request, jwt, repository, clock)
      installations.set(key, found)
      found.catch(() => installations.delete(key))
    }
    return await found
  }

  async function hold(key: string, fresh: boolean, create: () => Promise<Token>): Promise<string> {
    const old = fresh ? undefined : held.get(key)
    if (old !== undefined) {
      const { token, expiresAt } = await old
      if (expiresAt - MARGIN > clock().getTime()) return token
    }
    const created = create()
    held.set(key, created)
    created.catch(() => held.delete(key))
    return (await created).token
  }

  const post = async (installation: number, body: TokenWish): Promise<Token> => {
    const { data } = await request('POST /app/installations/{installation_id}/access_tokens', {
      ...body,
      installation_id: installation,
      headers: { authorization: await jwt() },
    })
    return { token: data.token, expiresAt: Date.parse(data.expires_at) }
  }

  const forInstallation = (installation: number, purpose: 'listing' | 'glance'): Access => ({
    group: `installation ${installation}`,
    authorization: async (fresh) => {
      const create = () => post(installation, { permissions: PERMISSIONS[purpose] })
      return `token ${await hold(`${installation} ${purpose}`, fresh, create)}`
    },
  })

  async function createForRepository(repository: RepositoryId, purpose: Purpose): Promise<Token> {
    const permissions = PERMISSIONS[purpose]
    const key = repository.path.toLowerCase()
    for (let attempt = 0; ; attempt++) {
      const installation = await installationOf(repository)
      try {
        return await post(installation, { repositories: [repositoryName(repository)], permissions })
      } catch (error) {
        const failure = toSupercargoError(error, repository.path, clock())
        // the app was installed anew since its installation was looked up
        if (statusOf(failure) === 404 && attempt === 0) installations.delete(key)
        else if (statusOf(failure) === 422) {
          return await tokenOfRenamed(repository, installation, purpose, failure)
        } else throw failure
      }
    }
  }

  /** A token names repositories by their present names; an old one is looked up, because GitHub redirects it. */
  async function tokenOfRenamed(
    repository: RepositoryId,
    installation: number,
    purpose: Purpose,
    failure: SupercargoError,
  ): Promise<Token> {
    if (/permission/i.test(answerOf(failure))) throw permissionMissing(repository, failure)
    const [owner = '', repo = ''] = repository.path.split('/')
    try {
      const authorization = await forInstallation(installation, 'listing').authorization(false)
      const { data } = await request('GET /repos/{owner}/{repo}', { owner, repo, headers: { authorization } })
      return await post(installation, {
        repository_ids: [Number(data.id)],
        permissions: PERMISSIONS[purpose],
      })
    } catch (error) {
      const second = toSupercargoError(error, repository.path, clock())
      const missing = [403, 404, 422].includes(statusOf(second) ?? 0)
      throw missing ? repositoryNotFound(repository.path, new ForgeAnswer(404, answerOf(second))) : second
    }
  }

  return {
    async forRepository(repository, purpose) {
      const installation = await installationOf(repository)
      const key = `${installation} ${purpose} ${repository.path.toLowerCase()}`
      return {
        group: `installation ${installation}`,
        authorization: async (fresh) =>
          `token ${await hold(key, fresh, () => createForRepository(repository, purpose))}`,
      }
    },
    forInstallation,
    app: { group: 'app', authorization: jwt },
    plain: null,
  }
}

type TokenWish = {
  permissions: (typeof PERMISSIONS)[keyof typeof PERMISSIONS]
  repositories?: string[]
  repository_ids?: number[]
}

function createJwt(credentials: { appId: number | string; privateKey: string }): () => Promise<string> {
  const auth = createAppAuth({ appId: credentials.appId, privateKey: credentials.privateKey })
  return async () => {
    try {
      return `bearer ${(await auth({ type: 'app' })).token}`
    } catch (error) {
      throw new SupercargoError(`The app's private key cannot be used: ${plain(String(error))}`, {
        code: 'private-key-invalid',
        kind: 'permanent',
        advice: 'Give the whole PEM file that GitHub made for the app, line breaks included.',
      })
    }
  }
}

async function findInstallation(
  request: Request,
  jwt: () => Promise<string>,
  repository: RepositoryId,
  clock: () => Date,
): Promise<number> {
  const [owner = '', repo = ''] = repository.path.split('/')
  try {
    const { data } = await request('GET /repos/{owner}/{repo}/installation', {
      owner,
      repo,
      headers: { authorization: await jwt() },
    })
    return data.id
  } catch (error) {
    throw toSupercargoError(error, repository.path, clock())
  }
}

function permissionMissing(repository: RepositoryId, failure: SupercargoError): SupercargoError {
  return new SupercargoError(`The app lacks permissions on ${repository.path}: ${answerOf(failure)}`, {
    code: 'permission-missing',
    kind: 'permanent',
    advice: "Accept the app's new permissions in the settings of its installation.",
    cause: failure.cause,
  })
}
