import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { STATE_BRANCH } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ManifestQuery } from '../forge.ts'
import type { Directory } from '../shared/directories.ts'
import { latestPage, openPage } from './branch-requests.ts'
import type { Client } from './client.ts'
import type { GraphQLProblem } from './graphql.ts'
import type { Me } from './identity.ts'
import { type PartialListing, readPage } from './listings.ts'
import { type Memory, rememberListing } from './memory.ts'
import { ask } from './project.ts'
import {
  aliasSchemas,
  type Blob,
  type MergeRequestPage,
  mergeRequestsSchema,
  type Place,
  type ProjectAnswer,
  ProjectQuery,
} from './project-query.ts'
import { rememberTexts } from './texts.ts'

/** What manifests are usually called: asked for before it is known what there is, to save the first pass a request. */
const USUAL_NAMES = ['kustomization.yaml', 'values.yaml', 'deployment.yaml']

/** What one request told of a manifest repository; everything else is read afterwards, where it is not in memory. */
export interface FirstLook {
  project: ProjectAnswer
  /** Null where there is no such branch. */
  base: Oid | null
  /** Files of the default branch. */
  files: Blob[]
  /** Directories that were read in part. */
  partial: PartialListing[]
  /** Heads of branches of the bot's, as far as there was room to ask; null where there is no such branch. */
  heads: Map<string, Oid | null>
  /** Head of the state branch; null where there is none, or nobody asked. */
  said: Oid | null
  /** Branches of the bot's with an open merge request. */
  prefixed: string[]
}

/**
 * Asks as much as one query may. Its fields are read one after the other, while people push: what was found between
 * two looks at the head is only used when both saw the same.
 */
export async function firstLook(
  client: Client,
  repository: RepositoryId,
  query: ManifestQuery,
  directories: Directory[],
  branches: string[],
  me: Me,
  memory: Memory,
): Promise<FirstLook> {
  const place: Place = query.branch === null ? { kind: 'default' } : { kind: 'branch', name: query.branch }
  const asking = new ProjectQuery(repository.path)
  asking.around(place)
  if (query.state !== undefined) asking.head('said', { kind: 'branch', name: STATE_BRANCH })
  if (query.files.length > 0) asking.blobs('files', { kind: 'default' }, query.files)
  if (branches.length > 0) {
    asking.mergeRequests('open', openPage(branches))
    asking.mergeRequests('latest', latestPage(branches))
  }
  const prefixes = query.branchPrefixes ?? []
  if (prefixes.length > 0) {
    asking.mergeRequests('own', ownPage(me))
  }
  const asked = branches.filter((name, i) => asking.head(`b${i}`, { kind: 'branch', name }))
  const read = directories.filter(({ path }, i) => asking.tree(`d${i}`, place, path))
  const guesses = directories
    .filter(({ texts }) => texts)
    .flatMap(({ path }) => USUAL_NAMES.map((name) => (path === '' ? name : `${path}/${name}`)))
  if (guesses.length > 0) asking.blobs('texts', place, guesses)

  const project = await ask(client, repository, asking, 'ReadManifests', missingBranch)
  const found = project.repository ?? {}
  const base = aliasSchemas.head.parse(found.tail ?? null)
  const files = aliasSchemas.blobs.parse(found.files)
  rememberTexts(memory, [...files, ...aliasSchemas.blobs.parse(found.texts)])
  const partial: PartialListing[] = []
  if (base !== null && aliasSchemas.head.parse(found.head ?? null) === base) {
    for (const { path } of read) {
      const listing: PartialListing = { commit: base, path, files: [], after: null }
      const whole = readPage(listing, project, `d${directories.findIndex((each) => each.path === path)}`)
      if (whole && listing.files.length > 0) rememberListing(memory, repository, base, path, listing.files)
      else if (!whole) partial.push(listing)
    }
  }
  const heads = new Map(
    asked.map((branch) => [branch, aliasSchemas.head.parse(found[`b${branches.indexOf(branch)}`] ?? null)]),
  )
  const names = prefixes.length === 0 ? [] : await ownBranches(client, repository, project, me)
  const prefixed = names.filter((name) => prefixes.some((prefix) => name.startsWith(prefix)))
  const said = aliasSchemas.head.parse(found.said ?? null)
  return { project, base, files, partial, heads, said, prefixed }
}

const NAME_FIELDS = { name: 'Name', text: 'sourceBranch', cost: 1 }
const namesSchema = mergeRequestsSchema(z.object({ sourceBranch: z.string() }))

function ownPage(me: Me, after: string | null = null): MergeRequestPage {
  return { fields: NAME_FIELDS, first: 100, state: 'opened', author: me.username, after }
}

/**
 * Branches with an open merge request of the bot's, which are those that matter: to list names themselves would use up
 * two thirds of a query.
 */
async function ownBranches(
  client: Client,
  repository: RepositoryId,
  answer: ProjectAnswer,
  me: Me,
): Promise<string[]> {
  const names: string[] = []
  for (let page = namesSchema.parse(answer.own); ; ) {
    names.push(...page.nodes.map(({ sourceBranch }) => sourceBranch))
    const { hasNextPage, endCursor = null } = page.pageInfo
    if (!hasNextPage || endCursor === null) return names
    const query = new ProjectQuery(repository.path)
    query.mergeRequests('own', ownPage(me, endCursor))
    page = namesSchema.parse((await ask(client, repository, query, 'ReadOwn')).own)
  }
}

/** Versions differ in whether a branch that is not there has no commit, or is a mistake to ask for. */
export function missingBranch({ path, message }: GraphQLProblem): boolean {
  return (
    /^(?:b\d+|said)$/.test(String(path[2])) &&
    /not found|does not exist|(?:unknown|bad|invalid) revision/i.test(message)
  )
}
