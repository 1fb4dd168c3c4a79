import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'

/** A JSON schema as OpenAPI writes it. */
export type Schema = Record<string, unknown>

/** Where `{ $ref: '#/components/<group>/<name>' }` leads. */
export type Components = Record<string, Record<string, Schema>>

export interface Findings {
  /** A wrong type, enum or format. */
  wrong: string[]
  /** A required field that is not there. */
  missing: string[]
}

export interface SchemaJudge {
  check(schema: Schema, value: unknown): Findings
  /** Keys, as paths, that an object has and its schema does not name (unless it allows any). */
  unknownKeys(schema: Schema, value: unknown): string[]
}

/**
 * Judges values by the schemas of an OpenAPI 3.0 or 3.1 document. Schemas are compiled when they are first
 * needed: as they stand, and for a value that fails once more without `required` (and `oneOf` read as `anyOf`),
 * so that a field that GitHub's own examples miss can be told from a field that is wrong.
 */
export function schemaJudge(components: Components): SchemaJudge {
  const lax = compiler(components, true)
  const strict = compiler(components, false)
  return {
    check(schema, value) {
      const problems = errorsOf(strict(schema), value)
      if (problems.length === 0) return { wrong: [], missing: [] }
      const wrong = errorsOf(lax(schema), value)
      return { wrong, missing: wrong.length === 0 ? problems : [] }
    },
    unknownKeys: (schema, value) => unknownKeys(components, schema, value, ''),
  }
}

function compiler(components: Components, withoutRequired: boolean): (schema: Schema) => ValidateFunction {
  // Making the code smaller takes longer than running it on the few values of one file.
  const code = { optimize: false }
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: true, code })
  addFormats.default(ajv)
  // GitHub’s own addresses of bots hold brackets: `1+supercargo[bot]@users.noreply.github.com`.
  ajv.addFormat('email', /^\S+@\S+$/)
  // GitHub itself sends addresses that the format forbids: 1+dependabot[bot]@users.noreply.github.com.
  ajv.addFormat('email', true)
  const compiled = new WeakMap<Schema, ValidateFunction>()
  const added = new Set<string>()

  function use(reference: string): string {
    const id = `oracle:${reference.slice(2).replaceAll('/', '.')}`
    if (!added.has(id)) {
      added.add(id)
      ajv.addSchema(plain(resolve(components, { $ref: reference })), id)
    }
    return id
  }

  function plain(node: unknown, names = false): object {
    const entries = Object.entries(node as Schema).flatMap(([key, value]): [string, unknown][] => {
      if (names) return [[key, child(value)]]
      if (key === 'nullable' || key === 'discriminator') return []
      if (key === 'required' && withoutRequired) return []
      if (key === '$ref') return [['$ref', use(String(value))]]
      if (key === 'oneOf' && withoutRequired) return [['anyOf', child(value)]]
      if (key === 'properties' || key === 'patternProperties') return [[key, plain(value, true)]]
      if (key === 'enum' || key === 'const' || key === 'default') return [[key, value]]
      return [[key, child(value)]]
    })
    const schema = Object.fromEntries(entries)
    const nullable = !names && (node as Schema).nullable === true
    // addresses of deployments, of which the description says both that they are URIs and that none is ''
    const empty = schema.format === 'uri' && schema.default === ''
    if (empty) return { anyOf: [{ const: '' }, schema] }
    return nullable ? { anyOf: [{ type: 'null' }, schema] } : schema
  }

  function child(node: unknown): unknown {
    if (Array.isArray(node)) return node.map(child)
    return node !== null && typeof node === 'object' ? plain(node) : node
  }

  return (schema) => {
    const known = compiled.get(schema)
    if (known !== undefined) return known
    const validate = ajv.compile(plain(schema))
    compiled.set(schema, validate)
    return validate
  }
}

function errorsOf(validate: ValidateFunction, value: unknown): string[] {
  if (validate(value)) return []
  return (validate.errors ?? [])
    .filter(({ keyword }) => !['anyOf', 'oneOf', 'if'].includes(keyword))
    .map(({ instancePath, message, params }) => {
      const allowed = Array.isArray(params.allowedValues) ? ` (${params.allowedValues.join(', ')})` : ''
      return `${instancePath || '/'} ${message ?? 'is wrong'}${allowed}`
    })
}

/** Follows references until there is none. */
export function resolve<T extends Schema>(components: Components, schema: T): T {
  if (typeof schema.$ref !== 'string') return schema
  const [, , group, name] = schema.$ref.split('/').map(decodeURIComponent)
  const target = components[group ?? '']?.[name ?? '']
  if (target === undefined) throw new Error(`The description has no ${schema.$ref}.`)
  return resolve(components, target as T)
}

function unknownKeys(components: Components, schema: Schema, value: unknown, at: string): string[] {
  const shapes = alternatives(components, schema)
  if (Array.isArray(value)) {
    const items = shapes.flatMap((shape) => (isSchema(shape.items) ? [shape.items] : []))
    if (items.length === 0) return []
    return value.flatMap((item, index) => unknownKeys(components, { anyOf: items }, item, `${at}/${index}`))
  }
  if (!isSchema(value)) return []
  const objects = shapes.filter((shape) => isSchema(shape.properties))
  const open = shapes.some(
    (shape) => Boolean(shape.additionalProperties) || (shape.type === 'object' && !shape.properties),
  )
  return Object.entries(value).flatMap(([key, item]) => {
    const known = objects.flatMap((shape) => {
      const property = (shape.properties as Schema)[key]
      return isSchema(property) ? [property] : []
    })
    if (known.length > 0) return unknownKeys(components, { anyOf: known }, item, `${at}/${key}`)
    return open || objects.length === 0 ? [] : [`${at}/${key}`]
  })
}

/** The schema and everything that it is composed of. */
function alternatives(components: Components, schema: Schema): Schema[] {
  const resolved = resolve(components, schema)
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => {
    const list = resolved[key]
    return Array.isArray(list) ? list.filter(isSchema) : []
  })
  return [resolved, ...parts.flatMap((part) => alternatives(components, part))]
}

function isSchema(value: unknown): value is Schema {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
