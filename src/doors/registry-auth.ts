import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { ForgeId } from '../domain/repository.ts'
import { type DockerLogin, readDockerConfig } from './docker-config.ts'
import { GITLAB, GITLAB_COM, type GitLabSettings } from './gitlab-settings.ts'
import type { Complain, Text } from './setting-problem.ts'

/** How the bot shows a registry who it is. */
export type RegistryAuth =
  | { kind: 'anonymous' }
  | DockerLogin
  /** The installation token of the GitHub App, or GITHUB_TOKEN. */
  | { kind: 'github' }
  /** The token of a GitLab instance. */
  | { kind: 'gitlab'; instance: ForgeId }
  /** Keys of AWS; null: those of the machine. */
  | { kind: 'ecr'; region: string; keys: AwsKeys | null }
  /** Path of a service account's key; null: the account of the machine. */
  | { kind: 'google'; keyFile: string | null }

export interface AwsKeys {
  accessKeyId: string
  secretAccessKey: string
}

/** Whose tokens there are. */
export interface AuthGround {
  /** The registry that GitHub's token opens; null when there is none. */
  github: string | null
  gitlab: readonly Pick<GitLabSettings, 'id' | 'url'>[]
}

/** The API of github.com. */
export const GITHUB_COM = 'https://api.github.com'

/**
 * The container registry that belongs to an API of GitHub.
 * https://docs.github.com/en/enterprise-server/packages/working-with-a-github-packages-registry/working-with-the-container-registry
 */
export function githubRegistry(apiUrl: string): string {
  if (apiUrl === GITHUB_COM) return 'ghcr.io'
  return `containers.${(URL.parse(apiUrl)?.hostname ?? '').replace(/^api\./, '')}`
}

const KINDS = ['anonymous', 'basic', 'docker', 'github', 'gitlab', 'ecr', 'google'] as const

/**
 * What a registry with these variables is shown.
 * @param host null where it is not known, which is said already
 */
export function readAuth(
  prefix: string,
  host: string | null,
  text: Text,
  complain: Complain,
  ground: AuthGround,
): RegistryAuth {
  const given = (suffix: string) => text(`${prefix}${suffix}`)
  const named = given('AUTH')
  const login = [given('USERNAME'), given('PASSWORD')].some((value) => value !== undefined)
  const kind = named === undefined && login ? 'basic' : KINDS.find((each) => each === named)
  if (named === undefined && kind === undefined) return naturalAuth(host ?? '', ground)
  const problem = (suffix: string, message: string, advice: string): RegistryAuth => {
    complain(`${prefix}${suffix}`, message, advice)
    return { kind: 'anonymous' }
  }
  if (kind !== 'basic' && kind !== 'ecr' && login) {
    return problem('AUTH', 'A user name and a password go with basic and ecr only.', 'Leave one of them out.')
  }
  switch (kind) {
    case undefined:
      return problem('AUTH', `"${named?.slice(0, 40)}" is not a way to log in.`, `Use ${KINDS.join(', ')}.`)
    case 'anonymous':
      return { kind }
    case 'basic': {
      const [username, password] = [given('USERNAME'), given('PASSWORD')]
      if (username !== undefined && password !== undefined && !username.includes(':')) {
        return { kind, username, password }
      }
      const advice = 'Set both to those of an account that may only do what is needed.'
      if (password === undefined) return problem('PASSWORD', 'It is missing.', advice)
      return problem('USERNAME', username === undefined ? 'It is missing.' : 'It holds a colon.', advice)
    }
    case 'docker': {
      const directory = text('DOCKER_CONFIG') ?? join(homedir(), '.docker')
      const entry = host === null ? ({ kind: 'anonymous' } as const) : readDockerConfig(directory, host)
      return entry.kind === 'problem' ? problem('AUTH', entry.message, entry.advice) : entry
    }
    case 'github':
      if (ground.github !== null && (host ?? ground.github) === ground.github) return { kind }
      return problem(
        'AUTH',
        ground.github === null
          ? 'There is no GitHub App or token to ask with.'
          : `The token of GitHub is for ${ground.github} only.`,
        'Set APP_ID and PRIVATE_KEY of the GitHub that it belongs to, or log in with basic and a classic token.',
      )
    case 'gitlab': {
      const instance = given('GITLAB') ?? GITLAB
      if (ground.gitlab.some(({ id }) => id === instance)) return { kind, instance }
      return problem(
        'GITLAB',
        `There is no GitLab instance "${instance.slice(0, 40)}" whose token could be used.`,
        'Set it to a name of GITLAB_INSTANCES, or leave it out for the usual one.',
      )
    }
    case 'ecr':
      return readEcr(host, given, problem)
    case 'google':
      return readGoogle(given('KEY_FILE'), problem)
  }
}

/** How a registry is asked of which nothing else is said. */
export function naturalAuth(host: string, { github, gitlab }: AuthGround): RegistryAuth {
  if (host === github) return { kind: 'github' }
  const instance = gitlab.find(({ url }) => url === GITLAB_COM)
  if (host === 'registry.gitlab.com' && instance !== undefined) {
    return { kind: 'gitlab', instance: instance.id }
  }
  const region = ecrRegion(host)
  return region === null ? { kind: 'anonymous' } : { kind: 'ecr', region, keys: null }
}

type Problem = (suffix: string, message: string, advice: string) => RegistryAuth

function readEcr(
  host: string | null,
  given: (suffix: string) => string | undefined,
  problem: Problem,
): RegistryAuth {
  const region = ecrRegion(host ?? '')
  if (region === null && host !== null) {
    return problem(
      'HOST',
      `${host} is not a private registry of ECR, whose name says the region.`,
      'Write it such as 123456789012.dkr.ecr.eu-west-1.amazonaws.com.',
    )
  }
  const [accessKeyId, secretAccessKey] = [given('USERNAME'), given('PASSWORD')]
  if (accessKeyId === undefined && secretAccessKey === undefined) {
    return { kind: 'ecr', region: region ?? '', keys: null }
  }
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return { kind: 'ecr', region: region ?? '', keys: { accessKeyId, secretAccessKey } }
  }
  return problem(
    accessKeyId === undefined ? 'USERNAME' : 'PASSWORD',
    'It is missing.',
    'With ecr they are the id of an access key and the secret access key; without both, the role of the machine is used.',
  )
}

/** https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html: of both kinds of endpoints. */
const ECR =
  /^\d{12}\.dkr(?:\.ecr(?:-fips)?|-ecr(?:-fips)?)\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)$/

function ecrRegion(host: string): string | null {
  return ECR.exec(host)?.[1] ?? null
}

function readGoogle(keyFile: string | undefined, problem: Problem): RegistryAuth {
  if (keyFile === undefined) return { kind: 'google', keyFile: null }
  const advice = 'Name the JSON file of a service account, or leave it out for the account of the machine.'
  try {
    const key: unknown = JSON.parse(readFileSync(keyFile, 'utf8'))
    const type = typeof key === 'object' && key !== null && 'type' in key ? key.type : null
    if (type === 'service_account') return { kind: 'google', keyFile }
    return problem('KEY_FILE', `${keyFile} does not hold the key of a service account.`, advice)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === undefined ? 'is not JSON' : `cannot be read (${code})`
    return problem('KEY_FILE', `${keyFile} ${why}.`, advice)
  }
}
