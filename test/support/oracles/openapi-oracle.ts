import type { Exchange, Judgement } from './judgement.ts'
import { type Components, resolve, type Schema, schemaJudge } from './schemas.ts'

const METHODS = ['get', 'put', 'post', 'delete', 'patch']

export interface OpenApiOracle {
  /** Judges one REST exchange; `path` is relative to the API's root, with its leading slash. */
  judge(exchange: Exchange, path: string, judgement: Judgement): void
}

/** How a forge's description is to be read. */
export interface Dialect {
  forge: string
  /** Query keys that it takes on every path, and that no operation lists. */
  everywhere: ReadonlySet<string>
  /** The shape of every answer with an error status. */
  error: Schema
  /** The schema of a JSON body among those of an operation; undefined = nothing is said about it. */
  bodySchema(content: Content): Schema | undefined
  /** What is said about a status that an operation does not list. */
  otherStatus(operation: Operation, status: number): Schema | undefined
}

interface Parameter extends Schema {
  name: string
  in: string
  required?: boolean
  schema: Schema
}

export interface Operation {
  parameters?: Schema[]
  requestBody?: Schema
  responses: Record<string, Schema>
}

interface Route {
  template: string
  pattern: RegExp
  operations: Record<string, Operation>
}

export interface Description {
  paths: Record<string, Record<string, Operation>>
  components: Components
}

/** Judges exchanges by an OpenAPI 3 description, read in a forge's own way. */
export function createOracle({ paths, components }: Description, dialect: Dialect): OpenApiOracle {
  const judge = schemaJudge(components)
  const routes = Object.entries(paths).map(([template, operations]) => route(template, operations))
  routes.sort((a, b) => rank(b.template) - rank(a.template))

  function route(template: string, operations: Record<string, Operation>): Route {
    const multi = new Set(
      METHODS.flatMap((method) => parametersOf(operations[method]))
        .filter((parameter) => parameter['x-multi-segment'] === true)
        .map(({ name }) => name),
    )
    const source = template.replace(/[.+]/g, '\\$&').replace(/\{(\w+)\}/g, (_, name: string) => {
      return `(?<${name}>${multi.has(name) ? '.+' : '[^/]+'})`
    })
    return { template, pattern: new RegExp(`^${source}$`), operations }
  }

  function parametersOf(operation: Operation | undefined): Parameter[] {
    return (operation?.parameters ?? []).map((parameter) => resolve(components, parameter) as Parameter)
  }

  function parameterProblems(operation: Operation, path: Record<string, string>, query: URLSearchParams) {
    const problems: string[] = []
    const parameters = parametersOf(operation)
    const queries = new Map(
      parameters.filter(({ in: place }) => place === 'query').map((item) => [item.name, item]),
    )
    for (const [key, text] of query) {
      const parameter = queries.get(key) ?? queries.get(key.replace(/\[\]$/, ''))
      if (parameter) problems.push(...valueProblems(`query ${key}`, parameter, text))
      else if (!dialect.everywhere.has(key)) problems.push(`query ${key} is unknown`)
    }
    for (const parameter of parameters) {
      const { name, in: place, required } = parameter
      if (place === 'path') problems.push(...valueProblems(`path ${name}`, parameter, path[name] ?? ''))
      if (place === 'query' && required && !query.has(name) && !query.has(`${name}[]`))
        problems.push(`query ${name} is required`)
    }
    return problems
  }

  function valueProblems(what: string, parameter: Parameter, text: string): string[] {
    const readings: unknown[] = [text, [text], text.split(',')]
    if (/^-?\d+$/.test(text)) readings.unshift(Number(text))
    if (text === 'true' || text === 'false') readings.unshift(text === 'true')
    const results = readings.map((reading) => judge.check(parameter.schema, reading).wrong)
    return results.some((wrong) => wrong.length === 0) ? [] : (results[0] ?? []).map((it) => `${what}: ${it}`)
  }

  function bodyProblems(operation: Operation, text: string): string[] {
    if (operation.requestBody === undefined) return text === '' ? [] : ['a body is sent where none is taken']
    const { required, content } = resolve(components, operation.requestBody) as unknown as Body
    if (text === '') return required ? ['the body is required'] : []
    const schema = dialect.bodySchema(content)
    if (schema === undefined) return []
    const value = parse(text)
    if (value === undefined) return ['the body is not JSON']
    const { wrong, missing } = judge.check(schema, value)
    const unknown = judge.unknownKeys(schema, value).map((key) => `${key} is unknown`)
    return [...wrong, ...missing, ...unknown].map((problem) => `body ${problem}`)
  }

  function responseFindings(operation: Operation, { status, responseType, responseBody }: Exchange) {
    const listed =
      operation.responses[String(status)] ??
      operation.responses.default ??
      dialect.otherStatus(operation, status)
    // any GET may be conditional, whether the description lists the answer or not
    if (listed === undefined && status < 400 && status !== 304)
      return { wrong: [`status ${status} is not described`], missing: [] }
    if (status === 204 || status === 304) {
      return { wrong: responseBody === '' ? [] : [`status ${status} has a body`], missing: [] }
    }
    const { content } = resolve(components, listed ?? {}) as { content?: Content }
    const schema = status >= 400 ? dialect.error : content?.['application/json']?.schema
    if (schema === undefined || !/\bjson$/.test(responseType)) return { wrong: [], missing: [] }
    const value = parse(responseBody)
    if (value === undefined) return { wrong: ['the answer is not JSON'], missing: [] }
    const { wrong, missing } = judge.check(schema, value)
    return status < 400 ? { wrong, missing } : { wrong: [...wrong, ...missing], missing: [] }
  }

  return {
    judge(exchange, path, judgement) {
      const { method, url, status } = exchange
      const name = `${method} ${path} → ${status}`
      judgement.judged += 1
      const match = routes.find((it) => it.pattern.test(path) && it.operations[method.toLowerCase()])
      const operation = match?.operations[method.toLowerCase()]
      if (match === undefined || operation === undefined) {
        judgement.failures.push(`${name}: ${dialect.forge} has no such operation`)
        return
      }
      const places = Object.entries(match.pattern.exec(path)?.groups ?? {})
      const values = Object.fromEntries(places.map(([key, value]) => [key, decodeURIComponent(value)]))
      const problems = [
        ...parameterProblems(operation, values, url.searchParams),
        ...bodyProblems(operation, exchange.requestBody),
      ]
      const { wrong, missing } = responseFindings(operation, exchange)
      judgement.failures.push(...problems.map((it) => `${name}: request: ${it}`))
      judgement.failures.push(...wrong.map((it) => `${name}: response: ${it}`))
      for (const it of missing) judgement.warnings.add(`${method} ${match.template} → ${status}: ${it}`)
    },
  }
}

interface Body {
  required?: boolean
  content: Content
}

export type Content = Record<string, { schema?: Schema }>

/** Longer templates first; of equal ones, those with fewer placeholders. */
function rank(template: string): number {
  return template.split('/').length * 100 - (template.match(/\{/g)?.length ?? 0)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
