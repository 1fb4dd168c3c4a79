import { ApiError } from './reply.ts'

/** A JSON body, not yet looked at. */
export type Body = Record<string, unknown>

/** @throws ApiError 422 when the value is missing or no text */
export function requireText(body: Body, key: string): string {
  const value = body[key]
  if (value === undefined || value === null) throw invalidRequest(`"${key}" wasn't supplied.`)
  if (typeof value !== 'string') throw wrongType(key, value, 'a string')
  return value
}

export function optionalText(body: Body, key: string): string | undefined {
  return body[key] === undefined || body[key] === null ? undefined : requireText(body, key)
}

export function optionalBoolean(body: Body, key: string): boolean | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongType(key, value, 'a boolean')
  return value
}

export function optionalNumber(body: Body, key: string): number | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number') throw wrongType(key, value, 'an integer')
  return value
}

export function optionalList(body: Body, key: string): unknown[] | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrongType(key, value, 'an array')
  return value
}

export function optionalObject(body: Body, key: string): Body | undefined {
  const value = body[key]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(key, value, 'an object')
  return { ...value }
}

/** @throws ApiError 422 when the value is none of those allowed */
export function optionalChoice<T extends string>(
  body: Body,
  key: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(body, key)
  if (value === undefined) return undefined
  const choice = choices.find((each) => each === value)
  if (choice === undefined) {
    throw invalidRequest(`For '${key}', "${value}" is not one of ${choices.join(', ')}.`)
  }
  return choice
}

/** As it came, when it is a JSON object. */
export function asObject(value: unknown, key: string): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrongType(key, value, 'an object')
  }
  return { ...value }
}

export function invalidRequest(message: string): ApiError {
  return new ApiError(422, `Invalid request.\n\n${message}`)
}

function wrongType(key: string, value: unknown, type: string): ApiError {
  return invalidRequest(`For 'properties/${key}', ${JSON.stringify(value)} is not ${type}.`)
}
