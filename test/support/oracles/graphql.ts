import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema, getVariableValues, Kind, parse, validate } from 'graphql'
import type { Exchange, Judgement } from './judgement.ts'

let built: GraphQLSchema | undefined

/** GitHub's own GraphQL schema (https://github.com/octokit/graphql-schema). */
export function githubSchema(): GraphQLSchema {
  const file = new URL('./schema.graphql', import.meta.resolve('@octokit/graphql-schema'))
  built ??= buildSchema(readFileSync(file, 'utf8'), { assumeValidSDL: true })
  return built
}

/** What is wrong with a document and its variables by GitHub's schema; every operation in it is looked at. */
export function documentProblems(document: string, variables: Record<string, unknown> = {}): string[] {
  const schema = githubSchema()
  let parsed: ReturnType<typeof parse>
  try {
    parsed = parse(document)
  } catch (error) {
    return [String(error)]
  }
  const invalid = validate(schema, parsed).map(({ message }) => message)
  if (invalid.length > 0) return invalid
  return parsed.definitions.flatMap((definition) => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return []
    const declared = definition.variableDefinitions ?? []
    const names = new Set(declared.map((it) => it.variable.name.value))
    const unused = Object.keys(variables).filter((name) => !names.has(name))
    const { errors = [] } = getVariableValues(schema, declared, variables)
    return [
      ...errors.map(({ message }) => message),
      ...unused.map((name) => `The variable $${name} is given but not declared.`),
    ]
  })
}

/** Judges one GraphQL exchange. An answer that holds data must not hold fields that were not asked for. */
export function judgeGraphql(exchange: Exchange, judgement: Judgement): void {
  judgement.judged += 1
  const name = `${exchange.method} ${exchange.url.pathname} → ${exchange.status}`
  try {
    const { query, variables } = JSON.parse(exchange.requestBody) as { query: string; variables?: object }
    const problems = documentProblems(query, { ...variables })
    judgement.failures.push(...problems.map((it) => `${name}: request: ${it}`))
  } catch (error) {
    judgement.failures.push(`${name}: request: the body is not a GraphQL request: ${String(error)}`)
  }
}
