import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What `docker login` keeps. */
export type DockerLogin =
  | { kind: 'basic'; username: string; password: string }
  /** A token that the registry's token server takes as an OAuth 2 refresh token. */
  | { kind: 'identity'; token: string }
  /** A token that the registry itself takes. */
  | { kind: 'bearer'; token: string }

/** What Docker's configuration says of a registry: what to show it, or why there is nothing, in two sentences. */
export type DockerEntry = DockerLogin | { kind: 'problem'; message: string; advice: string }

/**
 * Reads what `docker login` keeps of one host. Credential helpers are named but never executed.
 * https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go
 * https://docs.docker.com/reference/cli/docker/login/#configure-the-credential-store
 * @param directory of config.json, as DOCKER_CONFIG names it
 */
export function readDockerConfig(directory: string, host: string): DockerEntry {
  const file = join(directory, 'config.json')
  const problem = (message: string, advice: string): DockerEntry => ({ kind: 'problem', message, advice })
  let config: Record<string, unknown>
  try {
    config = recordOf(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === undefined ? 'is not JSON' : `cannot be read (${code})`
    return problem(`${file} ${why}.`, 'Name the directory of config.json in DOCKER_CONFIG.')
  }
  const own = entryOf(recordOf(config.auths), host)
  const entry = own === undefined ? null : readEntry(recordOf(own))
  if (entry !== null) return entry
  const helper = entryOf(recordOf(config.credHelpers), host) ?? (config.credsStore || undefined)
  if (typeof helper === 'string') {
    return problem(
      `${file} leaves ${host} to docker-credential-${helper.slice(0, 40)}, and credential helpers are not executed.`,
      'Set _AUTH to ecr, google or basic instead, or let config.json hold the login itself.',
    )
  }
  return problem(
    `${file} holds no login for ${host}.`,
    `Run \`docker login ${host}\` with a configuration that has no credential store.`,
  )
}

/** Keys are hosts or addresses: `ghcr.io`, `https://index.docker.io/v1/`. */
function entryOf(entries: Record<string, unknown>, host: string): unknown {
  const found = Object.keys(entries).find((key) => {
    const name = key
      .replace(/^https?:\/\//, '')
      .replace(/\/(v[12]\/?)?$/, '')
      .toLowerCase()
    return (/^(index|registry-1)\.docker\.io$/.test(name) ? 'docker.io' : name) === host
  })
  return found === undefined ? undefined : entries[found]
}

function readEntry({
  auth,
  username,
  password,
  identitytoken,
  registrytoken,
}: Record<string, unknown>): DockerLogin | null {
  const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
  if (isText(identitytoken)) return { kind: 'identity', token: identitytoken }
  if (isText(registrytoken)) return { kind: 'bearer', token: registrytoken }
  if (isText(username) && isText(password)) return { kind: 'basic', username, password }
  const pair = isText(auth) ? Buffer.from(auth, 'base64').toString() : ''
  const colon = pair.indexOf(':')
  if (colon < 1) return null
  // Docker itself cuts these off: old versions wrote them.
  const secret = pair.slice(colon + 1).replace(/\0+$/, '')
  return secret === '' ? null : { kind: 'basic', username: pair.slice(0, colon), password: secret }
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
