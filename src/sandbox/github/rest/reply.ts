import { Refusal } from '../../model/refusal.ts'

/** What a route answers. */
export interface Reply {
  status: number
  /** Sent as JSON; undefined sends nothing. A Buffer or text is sent as it is. */
  body?: unknown
  headers?: Record<string, string>
}

export interface FieldError {
  resource: string
  code: string
  field?: string
  message?: string
}

/** An answer with an error status, in GitHub's shape. */
export class ApiError extends Error {
  readonly status: number
  readonly errors: FieldError[]

  constructor(status: number, message: string, errors: FieldError[] = []) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.errors = errors
  }
}

/** A reply with a JSON body. */
export function json(body: unknown, status = 200): Reply {
  return { status, body }
}

/** The thing was renamed: it is at another address. */
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
    const { message, location } = error
    const body = { message, url: location, documentation_url: 'https://docs.github.com/rest' }
    return { status: method === 'GET' ? 301 : 307, body, headers: { location } }
  }
  const known = error instanceof Refusal ? fromRefusal(error) : error
  if (!(known instanceof ApiError)) return { status: 500, body: { message: 'Server Error' } }
  const body = {
    message: known.message,
    ...(known.errors.length === 0 ? {} : { errors: known.errors }),
    documentation_url: 'https://docs.github.com/rest',
    status: String(known.status),
  }
  return { status: known.status, body }
}

function fromRefusal(refusal: Refusal): ApiError {
  const { code, message, resource, field } = refusal
  if (code === 'not-found') return new ApiError(404, message)
  if (code === 'forbidden') return new ApiError(message === 'Requires authentication' ? 401 : 403, message)
  if (code === 'empty') return new ApiError(409, message)
  if (code === 'stale') return new ApiError(resource === 'Reference' ? 422 : 409, message)
  if (code === 'not-mergeable') return new ApiError(405, message)
  if (code === 'protected' || resource === 'Reference' || resource === null) return new ApiError(422, message)
  const plain = message === `${field} is invalid`
  const error: FieldError = {
    resource,
    code: plain ? 'invalid' : 'custom',
    ...(field === null ? {} : { field }),
    ...(plain ? {} : { message }),
  }
  return new ApiError(422, 'Validation Failed', [error])
}
