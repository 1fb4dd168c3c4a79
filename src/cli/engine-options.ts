import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Logger } from 'pino'
import { createEngine, type Engine, forgeOfGitHub, forgeOfGitLab } from '../compose.ts'
import { SupercargoError } from '../domain/errors.ts'
import { type GitLabSettings, readGitLab } from '../doors/gitlab-settings.ts'
import { createLog } from '../doors/log.ts'
import { readPreviewHosts } from '../doors/preview-hosts.ts'
import { GITHUB_COM, githubRegistry } from '../doors/registry-auth.ts'
import { readRegistries, registrySecrets } from '../doors/registry-settings.ts'
import type { Complain, SettingProblem, Text } from '../doors/setting-problem.ts'
import { readTrustRoot } from '../doors/trust-root-settings.ts'

/**
 * The engine as the environment says: GITHUB_TOKEN (or GH_TOKEN), or APP_ID with PRIVATE_KEY or
 * PRIVATE_KEY_PATH; GITHUB_API_URL for an Enterprise Server, as GitHub Actions sets it; GITLAB_TOKEN and the
 * other variables of GitLab instances, see `gitlabFromEnvironment`; and those of registries, as the server reads
 * them. In GitLab CI a repository without a forge before it is GitLab's.
 * @throws SupercargoError `no-credentials`, `environment-wrong`
 */
export function engineFromEnvironment(environment: NodeJS.ProcessEnv, verbose: boolean): Engine {
  const apiUrl = environment.GITHUB_API_URL || GITHUB_COM
  const credentials = githubCredentials(environment)
  const github = credentials === null ? null : { apiUrl, credentials }
  const { gitlab, registries, trustRoot, previewHosts } = readEnvironment(environment, (text, complain) => {
    const gitlab = readGitLab(text, complain, { webhooks: false })
    const ground = { webhooks: false, github: github === null ? null : githubRegistry(apiUrl), gitlab }
    const registries = readRegistries(text, complain, ground)
    const previewHosts = readPreviewHosts(text, complain)
    return { gitlab, registries, trustRoot: readTrustRoot(text, complain), previewHosts }
  })
  const log = logToStandardError(verbose, registrySecrets(registries))
  const ofGitHub = github === null ? [] : [forgeOfGitHub(apiUrl, github.credentials, log)]
  const ofGitLab = gitlab.map((instance) => forgeOfGitLab(instance, log))
  const forges = environment.GITLAB_CI ? [...ofGitLab, ...ofGitHub] : [...ofGitHub, ...ofGitLab]
  if (forges.length > 0) {
    const dataDirectory = resolve(environment.SUPERCARGO_DATA || '.supercargo')
    return createEngine(forges, log, { registries, github, gitlab, trustRoot, dataDirectory, previewHosts })
  }
  throw new SupercargoError('There is no token to work with.', {
    code: 'no-credentials',
    kind: 'permanent',
    advice: environment.GITLAB_CI
      ? 'Set GITLAB_TOKEN to a project or group access token with the scope api: CI_JOB_TOKEN may not open merge requests.'
      : 'Set GITHUB_TOKEN or GITLAB_TOKEN to a token that may read the application and write the manifest repository.',
  })
}

/**
 * The GitLab instances of the environment, without anything about webhooks: as the server reads them, and in
 * GitLab CI with the instance that the job runs on (CI_SERVER_URL, CI_SERVER_TLS_CA_FILE) as the usual one.
 * @throws SupercargoError `environment-wrong` with every problem
 */
export function gitlabFromEnvironment(environment: NodeJS.ProcessEnv): GitLabSettings[] {
  return readEnvironment(environment, (text, complain) => readGitLab(text, complain, { webhooks: false }))
}

function readEnvironment<T>(environment: NodeJS.ProcessEnv, read: (text: Text, complain: Complain) => T): T {
  const problems: SettingProblem[] = []
  const text = (variable: string) => {
    const inCi = environment.GITLAB_TOKEN ? environment[CI[variable] ?? ''] : undefined
    return (environment[variable] || inCi)?.trim() || undefined
  }
  const settings = read(
    text,
    (variable, message, advice) => void problems.push({ variable, message, advice }),
  )
  if (problems.length === 0) return settings
  const lines = problems.map(({ variable, message, advice }) => `${variable}: ${message} ${advice}`)
  throw new SupercargoError(`The environment must be corrected first. ${lines.join(' ')}`, {
    code: 'environment-wrong',
    kind: 'permanent',
  })
}

/** https://docs.gitlab.com/ci/variables/predefined_variables/ */
const CI: Record<string, string> = { GITLAB_URL: 'CI_SERVER_URL', GITLAB_CA_FILE: 'CI_SERVER_TLS_CA_FILE' }

function githubCredentials(environment: NodeJS.ProcessEnv) {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN
  if (token) return { token }
  const { APP_ID: appId, PRIVATE_KEY: key, PRIVATE_KEY_PATH: path } = environment
  const privateKey = key || (path ? readFileSync(path, 'utf8') : '')
  return appId && privateKey ? { appId, privateKey: privateKey.replaceAll('\\n', '\n') } : null
}

/** What the command prints goes to the standard output; the log must not be mixed with it, and holds no secret either. */
export function logToStandardError(verbose: boolean, secrets: readonly string[] = []): Logger {
  const write = (line: string) => void process.stderr.write(line)
  return createLog({
    level: verbose ? 'debug' : 'error',
    pretty: process.stderr.isTTY === true,
    secrets,
    write,
  })
}
