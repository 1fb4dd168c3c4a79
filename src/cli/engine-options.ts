import { readFileSync } from 'node:fs'
import pino, { type Logger } from 'pino'
import { createEngine, type Engine } from '../compose.ts'
import { SupercargoError } from '../domain/errors.ts'

const GITHUB = 'https://api.github.com'

/**
 * The engine as the environment says: GITHUB_TOKEN (or GH_TOKEN), or APP_ID with PRIVATE_KEY or
 * PRIVATE_KEY_PATH; GITHUB_API_URL for an Enterprise Server, as GitHub Actions sets it.
 * @throws SupercargoError `no-credentials`
 */
export function engineFromEnvironment(environment: NodeJS.ProcessEnv, verbose: boolean): Engine {
  const apiUrl = environment.GITHUB_API_URL || GITHUB
  return createEngine(apiUrl, credentialsOf(environment), logToStandardError(verbose))
}

function credentialsOf(environment: NodeJS.ProcessEnv) {
  const token = environment.GITHUB_TOKEN || environment.GH_TOKEN
  if (token) return { token }
  const { APP_ID: appId, PRIVATE_KEY: key, PRIVATE_KEY_PATH: path } = environment
  const privateKey = key || (path ? readFileSync(path, 'utf8') : '')
  if (appId && privateKey) return { appId, privateKey: privateKey.replaceAll('\\n', '\n') }
  throw new SupercargoError('There is no token to work with.', {
    code: 'no-credentials',
    kind: 'permanent',
    advice: 'Set GITHUB_TOKEN to a token that may read the application and write the manifest repository.',
  })
}

/** What the command prints goes to the standard output; the log must not be mixed with it. */
function logToStandardError(verbose: boolean): Logger {
  return pino({ level: verbose ? 'debug' : 'error' }, pino.destination(2))
}
