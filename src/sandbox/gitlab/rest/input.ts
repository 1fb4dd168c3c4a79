import { badParameter } from './reply.ts'

/** Parameters of the body, or (of GET and DELETE) of the query, not yet looked at. */
export type Params = Record<string, unknown>

/** @throws ApiError 400 when it is missing or no text */
export function requireText(params: Params, key: string): string {
  const value = optionalText(params, key)
  if (value === undefined) throw badParameter(`${key} is missing`)
  return value
}

export function optionalText(params: Params, key: string): string | undefined {
  const value = params[key]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') throw badParameter(`${key} is invalid`)
  return value
}

/** `true`, `1`, `"true"`: forms and queries know only texts. */
export function optionalBoolean(params: Params, key: string): boolean | undefined {
  const value = params[key]
  if (value === undefined || value === null || value === '') return undefined
  if (value === true || value === 'true' || value === '1' || value === 1) return true
  if (value === false || value === 'false' || value === '0' || value === 0) return false
  throw badParameter(`${key} is invalid`)
}

export function optionalInteger(params: Params, key: string): number | undefined {
  const value = params[key]
  if (value === undefined || value === null || value === '') return undefined
  const number = typeof value === 'number' ? value : Number(value)
  if (!Number.isInteger(number)) throw badParameter(`${key} is invalid`)
  return number
}

export function requireInteger(params: Params, key: string): number {
  const value = optionalInteger(params, key)
  if (value === undefined) throw badParameter(`${key} is missing`)
  return value
}

/** A list of texts, or one text with commas. */
export function optionalTexts(params: Params, key: string): string[] | undefined {
  const value = params[key]
  if (value === undefined || value === null) return undefined
  if (Array.isArray(value)) return value.map(String)
  if (typeof value !== 'string') throw badParameter(`${key} is invalid`)
  return value
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
}

/** @throws ApiError 400 when the value is none of those allowed */
export function optionalChoice<T extends string>(
  params: Params,
  key: string,
  choices: readonly T[],
): T | undefined {
  const value = optionalText(params, key)
  if (value === undefined || value === '') return undefined
  const choice = choices.find((each) => each === value)
  if (choice === undefined) throw badParameter(`${key} does not have a valid value`)
  return choice
}

/** Milliseconds since 1970 of a date in ISO 8601. */
export function optionalTime(params: Params, key: string): number | undefined {
  const text = optionalText(params, key)
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw badParameter(`${key} is invalid`)
  return time
}
