import { Refusal } from '../../model/refusal.ts'

/** What a route answers. */
export interface Reply {
  status: number
  /** Sent as JSON; undefined sends nothing. A Buffer or text is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
}

/**
 * An answer with an error status. `message` for what GitLab's code refuses, `error` for what its API framework
 * does (a parameter is missing or wrong). https://docs.gitlab.com/api/rest/troubleshooting/#status-codes
 */
export class ApiError extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, body: Record<string, unknown>) {
    super(JSON.stringify(body))
    this.name = 'ApiError'
    this.status = status
    this.body = body
  }
}

/** `{"message": …}`: a text, or lists of texts by field. */
export function refuse(status: number, message: unknown): ApiError {
  return new ApiError(status, { message })
}

/** `{"error": "title is missing"}` */
export function badParameter(error: string): ApiError {
  return new ApiError(400, { error })
}

/** `404 Project Not Found` */
export function notFound(what = ''): ApiError {
  return refuse(404, what === '' ? '404 Not found' : `404 ${what} Not Found`)
}

export function forbidden(): ApiError {
  return refuse(403, '403 Forbidden')
}

/** A reply with a JSON body. */
export function json(body: unknown, status = 200): Reply {
  return { status, body }
}

/** The project has another path now. */
export class Moved extends Error {
  readonly location: string

  constructor(location: string) {
    super('Moved Permanently')
    this.location = location
  }
}

/** The answer to anything that a route has thrown. Unknown errors tell nothing. */
export function errorReply(error: unknown, method: string): Reply {
  if (error instanceof Moved) {
    if (method !== 'GET')
      return errorReply(refuse(405, '405 Non GET methods are not allowed for moved projects'), method)
    return { status: 301, body: { message: 'Moved Permanently' }, headers: { location: error.location } }
  }
  const known = error instanceof Refusal ? fromRefusal(error) : error
  if (!(known instanceof ApiError)) return { status: 500, body: { message: '500 Internal Server Error' } }
  return { status: known.status, body: known.body }
}

function fromRefusal({ code, message }: Refusal): ApiError {
  if (code === 'not-found') return notFound()
  if (code === 'forbidden') return forbidden()
  if (code === 'protected')
    return refuse(403, message.includes('not allowed to push') ? message : `403 Forbidden - ${message}`)
  if (code === 'exists') return refuse(409, message)
  if (code === 'not-mergeable') return refuse(405, '405 Method Not Allowed')
  return refuse(400, message)
}
