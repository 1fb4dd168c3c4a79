import { readReference } from '../../domain/image.ts'
import { usageError } from './usage-error.ts'

/** Reads the JSON that a build tool wrote. @throws SupercargoError `usage` */
export function parseBuildOutput(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw usageError(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** A reference that a build tool wrote. @throws SupercargoError `usage` */
export function builtReference(file: string, text: string) {
  const reference = readReference(text)
  if (reference !== null) return reference
  throw usageError(`${file} names "${text}", which is not a reference to an image.`)
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
