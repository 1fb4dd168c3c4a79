import { SupercargoError } from '../../domain/errors.ts'
import { ended, ForgeAnswer, findOurs, oneSafeLine } from '../shared/answer.ts'

/** An answer of GitLab's that says that a request failed, before it is judged. */
export interface Failure {
  status: number
  headers: Headers
  body: string
}

const MINUTE = 60_000

/**
 * Judges an answer that is not 2xx.
 * @param what the project (or the instance) that the request was about, for the message
 */
export function errorOf(failure: Failure, what: string, now: Date): SupercargoError {
  const { status, headers } = failure
  const message = messageOf(failure.body)
  const cause = new ForgeAnswer(status, message)
  if (status === 429) {
    return new SupercargoError("GitLab's rate limit was reached.", {
      code: 'rate-limited',
      kind: 'transient',
      retryAt: retryTime(headers, now),
      cause,
    })
  }
  if (status === 401) {
    return new SupercargoError(`GitLab refused the token for ${what}: ${ended(message)}`, {
      code: 'credentials-refused',
      kind: 'permanent',
      advice: 'Give the bot a token that has not expired, with the scope api.',
      cause,
    })
  }
  if (status === 404 || status === 403) return projectNotFound(what, cause)
  if (status === 409) {
    return new SupercargoError(`GitLab reports a conflict on ${what}: ${ended(message)}`, {
      code: 'forge-conflict',
      kind: 'conflict',
      cause,
    })
  }
  if (status >= 500 || status === 408) {
    return new SupercargoError(`GitLab answered ${status} about ${what}.`, {
      code: 'forge-unavailable',
      kind: 'transient',
      cause,
    })
  }
  return new SupercargoError(`GitLab refused a request about ${what}: ${ended(message)}`, {
    code: 'forge-refused',
    kind: 'permanent',
    cause,
  })
}

/** Whatever was thrown while a request was under way. */
export function errorOfThrown(error: unknown, what: string): SupercargoError {
  const ours = findOurs(error)
  if (ours !== null) return ours
  const code = error instanceof Error ? codeOf(error.cause) : null
  if (code !== null || (error instanceof TypeError && error.message === 'fetch failed')) {
    const certificate = code !== null && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(code)
    return new SupercargoError(`GitLab could not be reached: ${code ?? 'the connection failed'}.`, {
      code: 'forge-unavailable',
      kind: 'transient',
      ...(certificate
        ? { advice: "Name the file with the certificate of the instance's authority in GITLAB_CA_FILE." }
        : {}),
    })
  }
  return new SupercargoError(
    `A request to GitLab about ${what} failed: ${ended(oneSafeLine(String(error)))}`,
    {
      code: 'forge-request-failed',
      kind: 'bug',
    },
  )
}

/** Something else answers at the address: a page of a proxy, or another program. */
export function notGitLab(web: string): SupercargoError {
  return new SupercargoError(`What answers at ${web} is not the API of a GitLab instance.`, {
    code: 'not-gitlab',
    kind: 'transient',
    advice: 'Set GITLAB_URL to the address of the instance, with its path where it has one.',
  })
}

/** The error for what GitLab hides or forbids, which look alike on purpose. */
export function projectNotFound(what: string, cause: ForgeAnswer): SupercargoError {
  const reason = cause.status === 403 ? `GitLab does not allow access to ${what}` : `There is no ${what}`
  return new SupercargoError(`${reason}, or the bot may not see it.`, {
    code: cause.status === 403 ? 'repository-forbidden' : 'repository-not-found',
    kind: 'permanent',
    advice: "Make the token's user a member of it, with the role Developer or Maintainer.",
    cause,
  })
}

/** https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
function retryTime(headers: Headers, now: Date): Date {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  if (Number.isFinite(seconds)) return new Date(now.getTime() + seconds * 1000)
  const reset = Number(headers.get('ratelimit-reset') ?? Number.NaN) * 1000
  if (Number.isFinite(reset)) return new Date(Math.max(reset, now.getTime()) + 1000)
  return new Date(now.getTime() + MINUTE)
}

/** GitLab says `message` or `error`, each a text, or texts by field. */
function messageOf(body: string): string {
  let words: unknown = body
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null) {
      const { message, error } = parsed as { message?: unknown; error?: unknown }
      words = message ?? error ?? ''
    }
  } catch {
    words = ''
  }
  const line = oneSafeLine(typeof words === 'string' ? words : JSON.stringify(words))
  return line === '' ? 'it gave no reason' : line
}

function codeOf(cause: unknown): string | null {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : null
}
