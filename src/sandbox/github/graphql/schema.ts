import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLSchema } from 'graphql'

let built: GraphQLSchema | undefined

/**
 * GitHub's own GraphQL schema, as published in `@octokit/graphql-schema`. It is built when it is first asked
 * for (about 200 ms), and only the definition is read: importing the package would load 8 MB more.
 */
export function githubSchema(): GraphQLSchema {
  const definition = new URL('./schema.graphql', import.meta.resolve('@octokit/graphql-schema'))
  built ??= buildSchema(readFileSync(definition, 'utf8'), { assumeValidSDL: true })
  return built
}
