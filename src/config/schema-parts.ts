import { z } from 'zod'
import type { Parsed } from './parsed.ts'

interface Meta {
  description: string
  /** For the JSON schema: an ECMA-262 pattern that every good text matches. */
  pattern?: string
  examples?: unknown[]
  default?: unknown
}

const MAX_TEXT = 1024

/** A text that a grammar reads; its problems come with what to write instead. */
export function text(parse: (text: string) => Parsed<unknown>, meta: Meta) {
  return z
    .string()
    .superRefine((value, context) => {
      const parsed: Parsed<unknown> =
        value.length > MAX_TEXT
          ? {
              ok: false,
              code: 'invalid-value',
              message: `This text is longer than ${MAX_TEXT} characters.`,
              advice: 'Shorten it.',
            }
          : parse(value)
      if (parsed.ok) return
      const { code, message, advice } = parsed
      context.addIssue({ code: 'custom', message, params: { code, advice } })
    })
    .meta({ maxLength: MAX_TEXT, ...meta })
}

/** One text, or a list of them that may be empty only where that has a meaning. */
export function oneOrMore(item: z.ZodString, { description, examples }: Meta, least: 0 | 1 = 1) {
  return z
    .union([item, z.array(item).min(least).max(200)])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .meta({ description, ...(examples === undefined ? {} : { examples }) })
}
