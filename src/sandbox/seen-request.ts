import type { SeenRequest } from './model/faults.ts'
import { parseNodeId } from './model/ids.ts'
import type { Model } from './model/model.ts'

/** A request as faults and the log see it. */
export function seenRequest(model: Model, method: string, path: string, body: string | null): SeenRequest {
  const graphql = path.startsWith(`${model.flavour.mount}/api/graphql`) ? readGraphql(body) : null
  return {
    method,
    path,
    repository: graphql === null ? repositoryOfPath(model, path) : repositoryOfGraphql(model, graphql),
    query: graphql?.query ?? null,
    body,
  }
}

function repositoryOfPath(model: Model, path: string): string | null {
  const rest = path.slice(model.flavour.mount.length).split('?')[0] ?? ''
  if (model.flavour.nested) return projectOfPath(model, rest)
  const api = /^\/api\/v3\/repos\/([^/]+)\/([^/]+)/.exec(rest)
  const html = api === null && !rest.startsWith('/api/') ? /^\/([^/]+)\/([^/]+)/.exec(rest) : null
  const match = api ?? html
  return match === null ? null : `${match[1]}/${match[2]?.replace(/\.git$/, '')}`
}

/** GitLab: a project by its number or escaped path in the API, by its plain path elsewhere. */
function projectOfPath(model: Model, rest: string): string | null {
  const id = /^\/api\/v4\/projects\/([^/]+)/.exec(rest)?.[1]
  if (id !== undefined && /^\d+$/.test(id)) {
    const project = model.tables.repositories.get(Number(id))
    return project === undefined ? null : `${project.owner}/${project.name}`
  }
  if (id !== undefined) return decodeURIComponent(id)
  if (rest.startsWith('/api/')) return null
  const page = /^\/(.+?\/.+?)(?:\.git)?(?:\/-\/.*|\/info\/refs|\/git-(?:upload|receive)-pack)?$/.exec(rest)
  return page?.[1] ?? null
}

interface GraphqlRequest {
  query: string | null
  variables: unknown
}

function readGraphql(body: string | null): GraphqlRequest | null {
  try {
    const value = JSON.parse(body ?? '') as { query?: unknown; variables?: unknown }
    return { query: typeof value.query === 'string' ? value.query : null, variables: value.variables }
  } catch {
    return null
  }
}

/** What a query asks for by variables of whatever names; else what the variables of a mutation name. */
function repositoryOfGraphql(model: Model, { query, variables }: GraphqlRequest): string | null {
  if (model.flavour.nested) {
    const name = /\bproject\(\s*fullPath:\s*\$(\w+)/.exec(query ?? '')?.[1] ?? 'fullPath'
    const path = (variables as Record<string, unknown> | null | undefined)?.[name]
    return typeof path === 'string' ? path : null
  }
  const asked = /\brepository\(\s*owner:\s*\$(\w+)[\s,]+name:\s*\$(\w+)/.exec(query ?? '')
  if (asked === null || typeof variables !== 'object' || variables === null)
    return repositoryOfVariables(model, variables)
  const { [asked[1] ?? '']: owner, [asked[2] ?? '']: name } = variables as Record<string, unknown>
  return `${owner}/${name}`
}

/** The first repository that the variables name: by owner and name, by `acme/web`, or by a node id. */
function repositoryOfVariables(model: Model, value: unknown): string | null {
  if (typeof value === 'string') return repositoryOfText(model, value)
  if (typeof value !== 'object' || value === null) return null
  const { owner, name, repo } = value as Record<string, unknown>
  const second = typeof name === 'string' ? name : repo
  if (typeof owner === 'string' && typeof second === 'string') return `${owner}/${second}`
  for (const child of Object.values(value)) {
    const found = repositoryOfVariables(model, child)
    if (found !== null) return found
  }
  return null
}

function repositoryOfText(model: Model, text: string): string | null {
  const { repositories, pulls, comments, checkRuns } = model.tables
  const named = /^[\w.-]+\/[\w.-]+$/.test(text) ? repositories.by(text.toLowerCase())[0] : undefined
  if (named !== undefined) return text
  const node = /^[A-Z]+_/.test(text) ? parseNodeId(text) : null
  if (node === null) return null
  const id = Number(node.parts[0])
  const owned = { PullRequest: pulls, IssueComment: comments, CheckRun: checkRuns }
  const table = node.kind in owned ? owned[node.kind as keyof typeof owned] : null
  const repository = repositories.get(table === null ? id : (table.get(id)?.repositoryId ?? -1))
  return repository === undefined ? null : `${repository.owner}/${repository.name}`
}
