import { z } from 'zod'
import { NAME_PATTERN } from '../domain/names.ts'
import type { Parsed } from './parsed.ts'
import { oneOrMore, text } from './schema-parts.ts'

interface Meta {
  description: string
  each: string
  pattern: string
  examples: string[]
}

/** People, or people for each environment by its name, where `*` is every other one. */
export function whoSchema(parse: (text: string) => Parsed<unknown>, meta: Meta) {
  const { description, each, pattern, examples } = meta
  const one = text(parse, { description: each, pattern })
  const environments = z
    .record(z.string(), oneOrMore(one, { description }, 0))
    .superRefine((value, context) => {
      for (const name of Object.keys(value)) {
        if (name === '*' || NAME_PATTERN.test(name)) continue
        const message = `"${name}" is not the name of an environment.`
        const advice = 'Write a name such as staging, or previews, or "*" for all others.'
        const params = { code: 'invalid-value', advice }
        context.addIssue({ code: 'custom', message, params, path: [name] })
      }
    })
    .meta({ propertyNames: { pattern: `^\\*$|${NAME_PATTERN.source}` }, maxProperties: 100 })
  return z
    .union([one, z.array(one).max(200), environments])
    .transform((value) => (typeof value === 'string' ? [value] : value))
    .meta({ description, examples: [examples, { production: examples.slice(0, 1) }] })
    .optional()
}

export type WrittenWho = z.infer<ReturnType<typeof whoSchema>>
