import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { SupercargoError } from '../domain/errors.ts'
import { parseSecrets, secretProblem } from '../intake/secret.ts'
import { readAppFile } from './app-file.ts'
import { type GitLabSettings, readGitLab } from './gitlab-settings.ts'
import { readPreviewHosts } from './preview-hosts.ts'
import { readPrivateKey } from './private-key.ts'
import { GITHUB_COM, githubRegistry } from './registry-auth.ts'
import { type RegistrySettings, readRegistries } from './registry-settings.ts'
import { type Complain, isLocal, type SettingProblem, serverUrl, type Text } from './setting-problem.ts'
import { readTrustRoot, type TrustRootSource } from './trust-root-settings.ts'

/** Everything that a server can be told. */
export interface Settings {
  host: string
  /** 0: any free port. */
  port: number
  /** Absolute. */
  dataDirectory: string
  /** Null: the embedded store in the data directory. */
  databaseUrl: string | null
  logLevel: LogLevel
  /** REST base of GitHub, without a slash at its end. */
  apiUrl: string
  /** Null: no GitHub App. Without GitLab as well, it is the sandbox. */
  app: AppCredentials | null
  /** GitLab instances, each with a name of its own. */
  gitlab: GitLabSettings[]
  /** Every registry that may be asked; each host once. */
  registries: RegistrySettings[]
  trustRoot: TrustRootSource
  /** Patterns over hosts of previews that may be asked whether they answer; see `isHostGlob`. */
  previewHosts: string[]
  /** Of the engines that ask for previews, each of them strong enough; []: nobody may ask. */
  generatorTokens: string[]
  /** A person's token for the sandbox; null: made and printed. */
  sandboxToken: string | null
  concurrency: number
  sweepSeconds: number
  /** Directories of programs, for git in the sandbox. */
  searchPath: string
}

export interface AppCredentials {
  appId: string
  /** PEM, PKCS #8. */
  privateKey: string
  /** More than one during a rotation; each of them strong enough. */
  webhookSecrets: string[]
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Environment = Readonly<Record<string, string | undefined>>

/** What must hold beyond each variable by itself. */
export interface Demands {
  /**
   * `allowed`: there is a sandbox when there are no credentials. `never`: there must be a GitHub App, and GitLab
   * is not served. `not asked`: credentials are not needed.
   */
  sandbox: 'allowed' | 'never' | 'not asked'
}

/**
 * Reads all settings from an environment, and from the file that the setup page wrote. Empty variables count
 * as missing. Every problem is found at once, and none of them holds a secret.
 */
export function readSettings(
  environment: Environment,
  demands: Demands,
): { ok: true; settings: Settings } | { ok: false; problems: SettingProblem[] } {
  const problems: SettingProblem[] = []
  const problem = (variable: string, message: string, advice: string) =>
    void problems.push({ variable, message, advice })
  const text = (variable: string) => environment[variable]?.trim() || undefined
  const whole = (variable: string, byDefault: number, least: number, most: number) => {
    const given = text(variable)
    if (given === undefined) return byDefault
    const number = /^\d{1,9}$/.test(given) ? Number(given) : Number.NaN
    if (number >= least && number <= most) return number
    problem(
      variable,
      `"${given}" is not a number from ${least} to ${most}.`,
      `Leave it out for ${byDefault}.`,
    )
    return byDefault
  }

  const dataDirectory = resolve(text('SUPERCARGO_DATA') ?? '.supercargo')
  const host = text('HOST') ?? '127.0.0.1'
  const app = demands.sandbox === 'not asked' ? null : readApp(text, dataDirectory, problem)
  const gitlab = demands.sandbox === 'allowed' ? readGitLab(text, problem, { webhooks: true }) : []
  const sandboxToken = text('SANDBOX_TOKEN') ?? null
  if (app === null && gitlab.length === 0 && problems.length === 0) {
    if (demands.sandbox === 'never') {
      problem(
        'APP_ID',
        'There are no credentials of a GitHub App.',
        'Set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET.',
      )
    } else if (demands.sandbox === 'allowed' && sandboxToken === null && !isLocal(host)) {
      problem(
        'APP_ID',
        `There are no credentials of GitHub or GitLab, and the sandbox would be open to everybody who reaches ${host}.`,
        'Set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET for GitHub, or GITLAB_TOKEN and GITLAB_SIGNING_SECRET for GitLab; or, to try the sandbox there, SANDBOX_TOKEN.',
      )
    }
  }
  if (sandboxToken !== null && !/^[\x21-\x7e]{8,200}$/.test(sandboxToken)) {
    problem(
      'SANDBOX_TOKEN',
      'The token is shorter than 8 characters, or holds spaces.',
      'Leave it out, and one is made.',
    )
  }

  const apiUrl = readApiUrl(text('GITHUB_API_URL'), problem) ?? app?.apiUrl ?? GITHUB_COM
  const settings: Settings = {
    host,
    port: whole('PORT', 3000, 0, 65_535),
    dataDirectory,
    databaseUrl: readDatabaseUrl(text('DATABASE_URL'), problem),
    logLevel: readLogLevel(text('LOG_LEVEL'), problem),
    apiUrl,
    app: app?.credentials ?? null,
    gitlab,
    registries:
      demands.sandbox === 'not asked'
        ? []
        : readRegistries(text, problem, {
            webhooks: demands.sandbox === 'allowed',
            github: app === null ? null : githubRegistry(apiUrl),
            gitlab,
          }),
    trustRoot: readTrustRoot(text, problem),
    previewHosts: readPreviewHosts(text, problem),
    generatorTokens: readGeneratorTokens(text('GENERATOR_TOKEN'), problem),
    sandboxToken,
    concurrency: whole('CONCURRENCY', 10, 1, 100),
    sweepSeconds: whole('SWEEP_SECONDS', 300, 10, 86_400),
    searchPath: environment.PATH ?? '',
  }
  return problems.length === 0 ? { ok: true, settings } : { ok: false, problems }
}

/** As `readSettings`. @throws SupercargoError `environment-wrong` with every problem */
export function settingsOf(environment: Environment, demands: Demands): Settings {
  const read = readSettings(environment, demands)
  if (read.ok) return read.settings
  const text = read.problems
    .map(({ variable, message, advice }) => `${variable}: ${message} ${advice}`)
    .join('\n')
  throw new SupercargoError(`The environment must be corrected first.\n${text}`, {
    code: 'environment-wrong',
    kind: 'permanent',
  })
}

const SECRET_ADVICE =
  'Make one with `openssl rand -hex 32`, and set the same in the settings of the app on GitHub.'

function readApp(
  text: Text,
  dataDirectory: string,
  complain: Complain,
): { credentials: AppCredentials; apiUrl?: string } | null {
  const appId = text('APP_ID')
  const key = text('PRIVATE_KEY')
  const keyPath = text('PRIVATE_KEY_PATH')
  const secretText = text('WEBHOOK_SECRET')
  if (appId === undefined && key === undefined && keyPath === undefined) {
    const file = readAppFile(dataDirectory)
    if (typeof file === 'string') {
      complain(
        'SUPERCARGO_DATA',
        file,
        'Correct it (chmod 600), or delete it and run `npm start -- --setup` again.',
      )
      return null
    }
    if (file !== null) {
      const webhookSecrets = parseSecrets(secretText ?? file.webhookSecret)
      checkSecrets(webhookSecrets, complain)
      const privateKey = checkKey('SUPERCARGO_DATA', file.privateKey, complain)
      return { credentials: { appId: file.appId, privateKey, webhookSecrets }, apiUrl: file.apiUrl }
    }
    if (secretText === undefined) return null
  }
  if (appId === undefined) {
    complain('APP_ID', 'It is missing.', "Set it to the number on the app's settings page on GitHub.")
  } else if (!/^(\d{1,12}|Iv[\w.]{6,40})$/.test(appId)) {
    complain(
      'APP_ID',
      `"${appId.slice(0, 40)}" is not the id of a GitHub App.`,
      'Set it to the number on its settings page.',
    )
  }
  const webhookSecrets = parseSecrets(secretText ?? '')
  checkSecrets(webhookSecrets, complain)
  const privateKey = readKey(key, keyPath, complain)
  return { credentials: { appId: appId ?? '', privateKey, webhookSecrets } }
}

function checkSecrets(secrets: string[], complain: Complain): void {
  const wrong = secretProblem(secrets)
  if (wrong !== null) complain('WEBHOOK_SECRET', wrong, SECRET_ADVICE)
}

function readKey(key: string | undefined, path: string | undefined, complain: Complain): string {
  if (key !== undefined) return checkKey('PRIVATE_KEY', key, complain)
  if (path === undefined) {
    complain(
      'PRIVATE_KEY',
      'It is missing.',
      "Generate one on the app's settings page; PRIVATE_KEY_PATH may name the file.",
    )
    return ''
  }
  try {
    return checkKey('PRIVATE_KEY_PATH', readFileSync(path, 'utf8'), complain)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    complain(
      'PRIVATE_KEY_PATH',
      `${path} cannot be read (${code ?? 'unknown'}).`,
      'Name the .pem file of the app.',
    )
    return ''
  }
}

function checkKey(variable: string, text: string, complain: Complain): string {
  const key = readPrivateKey(text)
  if (key !== null) return key
  const advice = 'Use the .pem file that GitHub generated: as it is, on one line with \\n, or in base64.'
  complain(variable, 'It does not hold an RSA private key.', advice)
  return ''
}

function readGeneratorTokens(given: string | undefined, complain: Complain): string[] {
  const tokens = parseSecrets(given ?? '')
  if (tokens.length === 0) return []
  const odd = tokens.some((token) => /[^\x21-\x7e]/.test(token))
  const wrong = odd ? 'It holds spaces or signs that no token has.' : secretProblem(tokens, 'token')
  if (wrong === null) return tokens
  const advice = 'Make one with `openssl rand -hex 32`, and give the same to Argo CD or Flux in a Secret.'
  complain('GENERATOR_TOKEN', wrong, advice)
  return []
}

function readDatabaseUrl(given: string | undefined, complain: Complain): string | null {
  if (given === undefined) return null
  if (/^postgres(ql)?:$/.test(URL.parse(given)?.protocol ?? '')) return given
  complain(
    'DATABASE_URL',
    'It is not the URL of a PostgreSQL database.',
    'Write postgres://user:password@host:5432/database, or leave it out.',
  )
  return null
}

function readLogLevel(given: string | undefined, complain: Complain): LogLevel {
  const level = LOG_LEVELS.find((name) => name === (given ?? 'info').toLowerCase())
  if (level !== undefined) return level
  complain('LOG_LEVEL', `"${given}" is not a level.`, `Use one of ${LOG_LEVELS.join(', ')}.`)
  return 'info'
}

function readApiUrl(given: string | undefined, complain: Complain): string | undefined {
  if (given === undefined) return undefined
  const url = serverUrl(given)
  if (url !== undefined) return url
  complain(
    'GITHUB_API_URL',
    'It is not an https URL.',
    'Write https://HOST/api/v3 for GitHub Enterprise Server, or leave it out.',
  )
  return undefined
}
