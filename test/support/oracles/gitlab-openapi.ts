import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { kept } from '../kept.ts'
import type { Content, Description, Dialect, OpenApiOracle, Operation } from './openapi-oracle.ts'
import { createOracle } from './openapi-oracle.ts'
import type { Schema } from './schemas.ts'

const FILE =
  process.env.GITLAB_OPENAPI ??
  fileURLToPath(new URL('../../../../shared/specs/gitlab-openapi.yaml', import.meta.url))

/** Why GitLab's REST traffic cannot be judged, for `skip`; false when it can. */
export function gitlabOpenApiMissing(): string | false {
  return existsSync(FILE)
    ? false
    : 'GitLab’s OpenAPI description is not there: name its file in GITLAB_OPENAPI (https://docs.gitlab.com/api/openapi/).'
}

let loaded: OpenApiOracle | null | undefined

/** The oracle over GitLab's own OpenAPI description, null when that is missing. Paths begin with `/api/v4`. */
export function gitlabOpenApiOracle(): OpenApiOracle | null {
  loaded ??= gitlabOpenApiMissing() === false ? load() : null
  return loaded
}

/** Of `POST repository/commits` the description knows only an upload: this is its documentation's table. */
const COMMIT: Schema = {
  type: 'object',
  required: ['branch', 'commit_message', 'actions'],
  properties: {
    branch: { type: 'string' },
    commit_message: { type: 'string' },
    start_branch: { type: 'string' },
    start_sha: { type: 'string' },
    start_project: { type: ['string', 'integer'] },
    author_email: { type: 'string' },
    author_name: { type: 'string' },
    stats: { type: 'boolean' },
    force: { type: 'boolean' },
    allow_empty: { type: 'boolean' },
    actions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['action', 'file_path'],
        properties: {
          action: { enum: ['create', 'delete', 'move', 'update', 'chmod'] },
          file_path: { type: 'string' },
          previous_path: { type: 'string' },
          content: { type: 'string' },
          encoding: { enum: ['text', 'base64'] },
          last_commit_id: { type: 'string' },
          execute_filemode: { type: 'boolean' },
        },
      },
    },
  },
}

const GITLAB: Dialect = {
  forge: 'GitLab',
  everywhere: new Set(['per_page', 'page', 'pagination', 'cursor', 'page_token', 'order_by', 'sort']),
  error: {
    type: 'object',
    anyOf: [{ required: ['message'] }, { required: ['error'] }],
    properties: { error: { type: 'string' } },
  },
  bodySchema: (content) => (content['application/json'] ?? content['multipart/form-data'])?.schema,
  // The description takes 200 for 201 and the other way round, and knows no 202 for notes that were commands only.
  otherStatus: ({ responses }, status) =>
    [200, 201, 202].includes(status) ? (responses['200'] ?? responses['201']) : undefined,
}

const INTEGER: Schema = { type: 'integer' }
const LIST: Schema = { type: 'array', items: { type: 'object' } }

/** Where the description is mistaken: schemas by name, a property, and what GitLab sends (see its documentation). */
const MISTAKES: [schema: RegExp, property: string, Schema][] = [
  [/Member$/, 'access_level', INTEGER],
  [/Group/, 'parent_id', INTEGER],
  [/User/, 'identities', LIST],
  [/Approv/, 'approved_by', LIST],
]

function load(): OpenApiOracle {
  const description = read()
  const { schemas = {} } = description.components
  for (const [name, schema] of Object.entries(schemas)) {
    if (name.startsWith('RequestBody')) listsAsText(schema)
    else nullable(name, schema)
  }
  const commits = description.paths['/api/v4/projects/{id}/repository/commits']?.post
  if (commits !== undefined) commits.requestBody = body({ 'application/json': { schema: COMMIT } })
  for (const path of LISTS) listed(description.paths[path]?.get)
  return createOracle(description, GITLAB)
}

/** The file as it is: its YAML takes seconds to read, and its JSON none. */
function read(): Description {
  const { path, draft, keep } = kept('gitlab-openapi', [FILE])
  if (draft !== null) {
    writeFileSync(draft, JSON.stringify(parse(readFileSync(FILE, 'utf8'), { maxAliasCount: -1 })))
    keep()
  }
  return JSON.parse(readFileSync(path, 'utf8'))
}

/** Lists that are described as one item. */
const LISTS = [
  '/api/v4/projects/{id}/merge_requests/{merge_request_iid}/pipelines',
  '/api/v4/projects/{id}/access_tokens',
  '/api/v4/groups/{id}/access_tokens',
]

function listed(operation: Operation | undefined): void {
  const media = (operation?.responses['200'] as { content?: Content } | undefined)?.content?.[
    'application/json'
  ]
  if (media?.schema !== undefined) media.schema = { type: 'array', items: media.schema }
}

function body(content: Content): Schema {
  return { required: true, content }
}

/** The description never says that a property may be null; nearly every one may. */
function nullable(name: string, schema: Schema): void {
  const { properties = {} } = schema as { properties?: Record<string, Schema> }
  for (const [key, property] of Object.entries(properties)) {
    const right = MISTAKES.find(([pattern, wrong]) => wrong === key && pattern.test(name))?.[2]
    properties[key] = { ...(right ?? property), nullable: true }
    nullable(name, property)
  }
}

/** Lists of labels and the like may come as one text with commas. */
function listsAsText(schema: Schema): void {
  const { properties } = schema as { properties?: Record<string, Schema> }
  for (const [name, property] of Object.entries(properties ?? {})) {
    const { items } = property as { items?: { type?: unknown } }
    if (properties !== undefined && property.type === 'array' && items?.type === 'string') {
      properties[name] = { anyOf: [property, { type: 'string' }] }
    }
  }
}
