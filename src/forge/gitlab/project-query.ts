import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { Declarations, type Variables } from '../shared/declarations.ts'

/**
 * GitLab refuses a query that is too complex for it. What a field costs is said by its own source, and the figures
 * below follow it: 1, one more where Git is asked, and a connection with a resolver grows by a hundredth for each
 * item of a page. https://docs.gitlab.com/api/graphql/#limits
 */
export const MOST_COMPLEX = 250
const FIXED = 10
const HEAD = 13
const TREE = 16

/** Where something is read. A name alone could be that of a tag. */
export type Place = { kind: 'default' } | { kind: 'branch'; name: string } | { kind: 'commit'; oid: Oid }

/** Items of one page of a tree. */
const PAGE = 100

/**
 * One query about one project, put together from parts until its room is used up. Every field is documented at
 * https://docs.gitlab.com/api/graphql/reference/ (`Project`, `Repository`, `Tree`, `MergeRequest`) and is there
 * since GitLab 16.11 at the latest.
 */
export class ProjectQuery {
  readonly #declared = new Declarations()
  readonly #repository: string[] = []
  readonly #project: string[] = []
  readonly #fragments = new Set<string>()
  readonly #path: string
  #last = ''
  #cost = FIXED

  constructor(path: string) {
    this.#path = path
  }

  /** How much more it may ask. */
  get room(): number {
    return MOST_COMPLEX - this.#cost
  }

  /** The head of a branch as it is before (`head`) and after (`tail`) everything else of the repository is read. */
  around(place: Place): void {
    this.head('head', place)
    this.#last = headField('tail', this.#at(place))
    this.#cost += HEAD
  }

  /** The head of a branch: the last commit that touched the root. Null where there is no such branch. */
  head(alias: string, place: Place): boolean {
    return this.#add(this.#repository, HEAD, () => headField(alias, this.#at(place)))
  }

  /** The files below a directory. */
  tree(alias: string, place: Place, path: string, after: string | null = null): boolean {
    return this.#add(this.#repository, TREE, () => {
      const next = after === null ? '' : `, after: ${this.#declared.add('String', after)}`
      this.#fragments.add(TREE_FRAGMENT)
      const blobs = `blobs(first: ${PAGE}${next}) { ...Files }`
      const where = `${this.#at(place)}, path: ${this.#declared.add('String', path)}, recursive: true`
      return `${alias}: tree(${where}) { ${blobs} submodules(first: ${PAGE}) { nodes { path sha } } }`
    })
  }

  /** Files with their texts, or without; those that are not there are left out. At most 90. */
  blobs(alias: string, place: Place, paths: readonly string[], texts = true): boolean {
    const cost = (9 + paths.length) * (1 + paths.length / 100)
    return this.#add(this.#repository, cost, () => {
      this.#fragments.add(texts ? BLOB_FRAGMENT : ENTRY_FRAGMENT)
      const where = `paths: ${this.#declared.add('[String!]!', paths)}, ${this.#at(place)}`
      return `${alias}: blobs(${where}, first: ${paths.length}) { nodes { ...${texts ? 'Blob' : 'Entry'} } }`
    })
  }

  /** A page of merge requests. */
  mergeRequests(alias: string, page: MergeRequestPage): boolean {
    const { first, state, sort, after = null, fields } = page
    const cost = (fields.cost + (page.counted === true ? 7 : 6)) * (1 + first / 100)
    return this.#add(this.#project, cost, () => {
      this.#fragments.add(`fragment ${fields.name} on MergeRequest { ${fields.text} }`)
      const filters = [
        `first: ${first}`,
        ...(state === undefined ? [] : [`state: ${state}`]),
        ...(sort === undefined ? [] : [`sort: ${sort}`]),
        ...(after === null ? [] : [`after: ${this.#declared.add('String', after)}`]),
        ...(page.author === undefined
          ? []
          : [`authorUsername: ${this.#declared.add('String', page.author)}`]),
        ...(page.branches === undefined
          ? []
          : [`sourceBranches: ${this.#declared.add('[String!]', page.branches)}`]),
        ...(page.numbers === undefined ? [] : [`iids: ${this.#declared.add('[String!]', page.numbers)}`]),
      ]
      const info = `${page.counted === true ? 'count ' : ''}pageInfo { hasNextPage endCursor }`
      return `${alias}: mergeRequests(${filters.join(', ')}) { ${info} nodes { ...${fields.name} } }`
    })
  }

  /** The document and its variables. */
  document(name: string): [string, Variables] {
    const repository = this.#repository.join('\n')
    const path = this.#declared.add('ID!', this.#path)
    const body = `query ${name}${this.#declared} {
      project(fullPath: ${path}) {
        id fullPath webUrl visibility archived
        repository { rootRef ${repository} ${this.#last} }
        ${this.#project.join('\n')}
      } }`
    return [[body, ...this.#fragments].join('\n'), this.#declared.values]
  }

  /** False, and nothing is added, when there is no room for it. */
  #add(fields: string[], cost: number, field: () => string): boolean {
    if (Math.ceil(cost) > this.room) return false
    fields.push(field())
    this.#cost += Math.ceil(cost)
    return true
  }

  #at(place: Place): string {
    if (place.kind === 'default') return 'ref: "HEAD"'
    if (place.kind === 'commit') return `ref: ${this.#declared.add('String', place.oid)}`
    return `ref: ${this.#declared.add('String', place.name)}, refType: HEADS`
  }
}

function headField(alias: string, place: string): string {
  return `${alias}: tree(${place}) { lastCommit { sha } }`
}

export interface MergeRequestPage {
  fields: MergeRequestFields
  first: number
  state?: 'opened' | 'closed' | 'merged'
  /** Absent: those that were created last come first. */
  sort?: 'UPDATED_DESC' | 'CREATED_ASC'
  author?: string
  branches?: string[]
  numbers?: string[]
  after?: string | null
  /** Tell how many there are on all pages. */
  counted?: true
}

/** A named selection of fields of a merge request, and its complexity. */
export interface MergeRequestFields {
  name: string
  text: string
  cost: number
}

const TREE_FRAGMENT = `fragment Files on BlobConnection {
  pageInfo { hasNextPage endCursor } nodes { path sha mode } }`

const BLOB_FRAGMENT = 'fragment Blob on RepositoryBlob { path oid mode rawSize rawTextBlob }'
const ENTRY_FRAGMENT = 'fragment Entry on RepositoryBlob { path oid mode rawSize }'

const pageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() })

/** What `ProjectQuery.document` is answered; aliases are read by `aliasSchemas`. */
export const projectSchema = z.object({
  project: z
    .looseObject({
      /** `gid://gitlab/Project/7`. */
      id: z.string(),
      fullPath: z.string(),
      webUrl: z.string(),
      /** What is not told is treated as private. */
      visibility: z.string().nullish(),
      archived: z.boolean().nullish(),
      repository: z.looseObject({ rootRef: z.string().nullish() }).nullable(),
    })
    .nullable(),
})

export type ProjectAnswer = NonNullable<z.infer<typeof projectSchema>['project']>

const blobSchema = z.object({
  path: z.string(),
  oid: z.string(),
  mode: z.string(),
  /** GraphQL's `BigInt` is written as a text. */
  rawSize: z.coerce.number().nullish(),
  /** Null for a binary file. */
  rawTextBlob: z.string().nullish(),
})

export type Blob = z.infer<typeof blobSchema>

const treeSchema = z
  .object({
    blobs: z.object({
      pageInfo,
      /** `sha` is the object id of the blob, whatever the reference calls it. */
      nodes: z.array(z.object({ path: z.string(), sha: z.string(), mode: z.string().nullish() })),
    }),
    submodules: z.object({ nodes: z.array(z.object({ path: z.string(), sha: z.string() })) }),
  })
  .nullable()

/** Readers for the aliases of an answer. */
export const aliasSchemas = {
  head: z
    .object({ lastCommit: z.object({ sha: z.string() }).nullable() })
    .nullable()
    .transform((tree) => tree?.lastCommit?.sha ?? null),
  tree: treeSchema,
  blobs: z
    .object({ nodes: z.array(blobSchema.nullable()) })
    .nullish()
    .transform((found) => found?.nodes.filter((blob) => blob !== null) ?? []),
}

/** The reader of a page of merge requests. */
export function mergeRequestsSchema<T extends z.ZodType>(node: T) {
  return z.object({ count: z.number().optional(), pageInfo, nodes: z.array(node) })
}
