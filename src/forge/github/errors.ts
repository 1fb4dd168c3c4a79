import { SupercargoError } from '../../domain/errors.ts'
import { ended, ForgeAnswer, findOurs, oneSafeLine } from '../shared/answer.ts'

/** The parts of octokit's RequestError that are read here. */
interface RequestFailure {
  status: number
  message: string
  headers: Record<string, unknown>
  /** False when no answer came at all. */
  answered: boolean
}

const SECONDARY_LIMIT = /secondary rate limit|abuse detection/i
const ANY_LIMIT = /rate limit|abuse detection/i
const MINUTE = 60_000

/**
 * Turns whatever octokit threw into a SupercargoError.
 * @param what the repository (or the app) that the request was about, for the message
 */
export function toSupercargoError(error: unknown, what: string, now: Date): SupercargoError {
  const ours = findOurs(error)
  if (ours !== null) return ours
  const failure = readFailure(error)
  if (failure === null) {
    return new SupercargoError(`A request to GitHub about ${what} failed: ${ended(plain(String(error)))}`, {
      code: 'forge-request-failed',
      kind: 'bug',
    })
  }
  if (!failure.answered) {
    return new SupercargoError(`GitHub could not be reached: ${ended(plain(failure.message))}`, {
      code: 'forge-unavailable',
      kind: 'transient',
    })
  }
  const limit = rateLimitOf(failure.status, failure.message, failure.headers, now)
  if (limit !== null) return limit
  return byStatus(failure, what)
}

/**
 * The error for an answer that says that a limit was reached; null for any other answer.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function rateLimitOf(
  status: number,
  message: string,
  headers: Record<string, unknown>,
  now: Date,
): SupercargoError | null {
  const exhausted = String(headers['x-ratelimit-remaining'] ?? '') === '0'
  const retryAfter = headers['retry-after']
  const limited =
    status === 429 ||
    (status === 403 && (retryAfter !== undefined || exhausted || ANY_LIMIT.test(message))) ||
    (status === 200 && ANY_LIMIT.test(message))
  if (!limited) return null
  const secondary = SECONDARY_LIMIT.test(message)
  const retryAt = retryTime(retryAfter, exhausted && !secondary, headers['x-ratelimit-reset'], now)
  return new SupercargoError(`GitHub's ${secondary ? 'secondary ' : ''}rate limit was reached.`, {
    code: 'rate-limited',
    kind: 'transient',
    retryAt,
    cause: new ForgeAnswer(status, plain(message)),
  })
}

function retryTime(retryAfter: unknown, exhausted: boolean, reset: unknown, now: Date): Date {
  const seconds = Number(retryAfter)
  if (retryAfter !== undefined && Number.isFinite(seconds)) return new Date(now.getTime() + seconds * 1000)
  const resetAt = Number(reset) * 1000
  if (exhausted && Number.isFinite(resetAt) && resetAt > 0) {
    return new Date(Math.max(resetAt, now.getTime()) + 1000)
  }
  return new Date(now.getTime() + MINUTE)
}

function byStatus(failure: RequestFailure, what: string): SupercargoError {
  const { status } = failure
  const message = plain(failure.message)
  const cause = new ForgeAnswer(status, message)
  if (status === 401) {
    return new SupercargoError(`GitHub refused the credentials for ${what}: ${ended(message)}`, {
      code: 'credentials-refused',
      kind: 'permanent',
      advice: 'Check the app id and private key, or the token.',
      cause,
    })
  }
  if (status === 404 || status === 403) return repositoryNotFound(what, cause)
  if (status === 409) {
    return new SupercargoError(`GitHub reports a conflict on ${what}: ${ended(message)}`, {
      code: 'forge-conflict',
      kind: 'conflict',
      cause,
    })
  }
  if (status >= 500 || status === 408) {
    return new SupercargoError(`GitHub answered ${status} about ${what}.`, {
      code: 'forge-unavailable',
      kind: 'transient',
      cause,
    })
  }
  return new SupercargoError(`GitHub refused a request about ${what}: ${ended(message)}`, {
    code: 'forge-refused',
    kind: 'permanent',
    cause,
  })
}

/** The error for what GitHub hides or forbids, which look alike on purpose. */
export function repositoryNotFound(what: string, cause: ForgeAnswer): SupercargoError {
  const reason = cause.status === 403 ? `GitHub does not allow access to ${what}` : `There is no ${what}`
  return new SupercargoError(`${reason}, or the app may not see it.`, {
    code: cause.status === 403 ? 'repository-forbidden' : 'repository-not-found',
    kind: 'permanent',
    advice: 'Install the app on this repository and accept the permissions that it asks for.',
    cause,
  })
}

/** One line of at most 300 characters without secrets, and without GitHub's link to its documentation. */
export function plain(text: string): string {
  return oneSafeLine(text).replace(/ - https:\/\/docs\.github\.com\S*$/, '')
}

function readFailure(error: unknown): RequestFailure | null {
  if (!(error instanceof Error)) return null
  const response = 'response' in error && isRecord(error.response) ? error.response : null
  const status = 'status' in error ? error.status : response?.status
  if (typeof status !== 'number') return null
  return {
    status,
    message: error.message,
    headers: response !== null && isRecord(response.headers) ? response.headers : {},
    answered: response !== null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
