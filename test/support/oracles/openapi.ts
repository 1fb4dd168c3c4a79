import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createOracle, type Dialect, type OpenApiOracle } from './openapi-oracle.ts'

const FILE = fileURLToPath(new URL('../../../.cache/oracles/github-openapi-23.0.2.json', import.meta.url))

const GITHUB: Dialect = {
  forge: 'GitHub',
  everywhere: new Set(['per_page', 'page']),
  error: {
    type: 'object',
    required: ['message'],
    properties: {
      message: { type: 'string' },
      documentation_url: { type: 'string' },
      status: { type: 'string' },
    },
  },
  bodySchema: (content) => content['application/json']?.schema,
  otherStatus: () => undefined,
}

/** Why REST traffic cannot be judged, for `skip`; false when it can. */
export function openApiMissing(): string | false {
  return existsSync(FILE) ? false : 'GitHub’s OpenAPI description is not there: run `npm run oracles`.'
}

let loaded: OpenApiOracle | null | undefined

/** The oracle over GitHub's own OpenAPI description (https://github.com/octokit/openapi), null when missing. */
export function openApiOracle(): OpenApiOracle | null {
  loaded ??= openApiMissing() === false ? createOracle(JSON.parse(readFileSync(FILE, 'utf8')), GITHUB) : null
  return loaded
}
