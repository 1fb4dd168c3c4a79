import { z } from 'zod'
import { policySchema } from './policy-schema.ts'
import { sourceSchema } from './source-schema.ts'

/** A JSON schema (draft 7), as far as it is looked into here. */
export interface JsonSchema {
  [keyword: string]: unknown
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  /** Of a value with several forms. */
  anyOf?: JsonSchema[]
}

/** The schema of the application repository's file, for editors: docs/schema/supercargo.schema.json. */
export const sourceJsonSchema: JsonSchema = generate(sourceSchema, 'urn:supercargo:schema:configuration')

/** The schema of the policy, for editors: docs/schema/policy.schema.json. */
export const policyJsonSchema: JsonSchema = generate(policySchema, 'urn:supercargo:schema:policy')

/** The part of a schema that judges what stands at a path; null where there is none. */
export function schemaAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema | null {
  let here: JsonSchema | undefined = schema
  for (const step of path) {
    if (here === undefined) return null
    const properties = propertiesOf(here)
    if (typeof step === 'number') here = formsOf(here).find(({ items }) => items !== undefined)?.items
    else if (Object.hasOwn(properties, step)) here = properties[String(step)]
    else here = typeof here.additionalProperties === 'object' ? here.additionalProperties : undefined
  }
  return here ?? null
}

/** The keys of a mapping, also of one that may stand beside other forms. */
export function propertiesOf(schema: JsonSchema): Record<string, JsonSchema> {
  return formsOf(schema).find(({ properties }) => properties !== undefined)?.properties ?? {}
}

function formsOf(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? [])]
}

function generate(schema: z.ZodType, id: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })
  return { $schema, $id: id, ...rest } as JsonSchema
}
