import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { Declarations, type Variables } from '../shared/declarations.ts'
import type { Directory } from '../shared/directories.ts'
import {
  comparisonFields,
  comparisonSchema,
  PULLS_FRAGMENT,
  type PullState,
  pullFields,
  pullsSchema,
} from './branch-state.ts'
import { ACTOR_FIELDS, actorSchema } from './identity.ts'
import { METHOD_FIELDS } from './memory.ts'
import { stateFields, stateSchema } from './state.ts'
import { BLOB_FRAGMENT, entrySchema, objectSchema, TEXT_TREE_FRAGMENTS, TREE_FRAGMENTS } from './tree.ts'

/** A branch of the bot's, and what is read at its head. */
export interface PartBranchQuery {
  name: string
  directories: string[]
}

/** One request's part of a snapshot. */
export interface ManifestPart {
  /** Null for the default branch. */
  branch: string | null
  /** Read files and directories at this commit; null for the branch's head. */
  at: Oid | null
  files: string[]
  directories: Directory[]
  branches: PartBranchQuery[]
  prefixes: string[]
  /** Directory of the state branch; null: it is not read. */
  state: string | null
}

/** The document and variables of one part. Aliases are `f`, `d`, `h`, `b`, `c`, `o`, `x`, `m`, `p` with an index, and `said`. */
export function manifestDocument(owner: string, name: string, part: ManifestPart): [string, Variables] {
  const declared = new Declarations()
  const text = (value: string) => declared.add('String!', value)
  const files = part.files.map((path, i) => `f${i}: file(path: ${text(path)}) { ...DirText }`)
  const directories = part.directories.map(({ path, texts }, i) => directory(`d${i}`, path, texts, text))
  const histories = part.directories.flatMap(({ path, history }, i) => {
    const scope = path === '' ? '' : `, path: ${text(path)}`
    return history === 0
      ? []
      : [`h${i}: history(first: ${Math.min(history, 100)}${scope}) { ...PathCommits }`]
  })
  const here = part.branch === null ? files : []
  const content = `oid tree { oid } ${[...here, ...directories, ...histories].join('\n')}`
  const home =
    part.branch === null || files.length === 0
      ? ''
      : `home: defaultBranchRef { target { ... on Commit { ${files.join('\n')} } } }`
  const comparisons = part.branches.map(({ name: branch }, i) => `c${i}: ${comparisonFields(text(branch))}`)
  const commit = `... on Commit { ${part.at === null ? content : 'oid'} }`
  const base =
    part.branch === null ? 'defaultBranchRef' : `ref(qualifiedName: ${text(`refs/heads/${part.branch}`)})`
  const pinned =
    part.at === null
      ? ''
      : `at: object(oid: ${declared.add('GitObjectID!', part.at)}) { ... on Commit { ${content} } }`
  const branches = part.branches.map(({ name: branch, directories: own }, i) => {
    const trees = own.map((path, j) => directory(`d${j}`, path, false, text))
    return `b${i}: ref(qualifiedName: ${text(`refs/heads/${branch}`)}) {
        target { oid ... on Commit { parents(first: 10) { nodes { oid } } ${trees.join('\n')} } } }
      o${i}: ${pullFields(text(branch), 'OPEN')}
      x${i}: ${pullFields(text(branch), 'CLOSED')}
      m${i}: ${pullFields(text(branch), 'MERGED')}`
  })
  const prefixes = part.prefixes.map(
    (prefix, i) =>
      `p${i}: refs(refPrefix: ${text(`refs/heads/${prefix}`)}, first: 100) { nodes { prefix name } }`,
  )
  const body = `viewer { login }
    repository(owner: ${text(owner)}, name: ${text(name)}) {
      id nameWithOwner url isPrivate ${METHOD_FIELDS}
      base: ${base} { name target { ${commit} } ${comparisons.join('\n')} }
      ${home}
      ${pinned}
      ${branches.join('\n')}
      ${prefixes.join('\n')}
      ${part.state === null ? '' : stateFields(part.state, text)}
    }`
  return [`query ReadManifests${declared} { ${body} }\n${fragments(body)}`, declared.values]
}

/** Trees by object id, for directories that lie deeper than the first request reached. */
export function deepTreesDocument(
  owner: string,
  name: string,
  trees: { oid: Oid; texts: boolean }[],
): [string, Variables] {
  const declared = new Declarations()
  const aliases = trees.map(
    ({ oid, texts }, i) =>
      `t${i}: object(oid: ${declared.add('GitObjectID!', oid)}) { ...Level${texts ? 'Text' : ''}1 }`,
  )
  const body = `repository(owner: ${declared.add('String!', owner)}, name: ${declared.add('String!', name)}) {
    ${aliases.join('\n')} }`
  return [`query ReadTrees${declared} { ${body} }\n${fragments(body)}`, declared.values]
}

/** One more page of a branch's pull requests. */
export function pullsDocument(
  owner: string,
  name: string,
  branch: string,
  state: PullState,
  after: string | null,
): [string, Variables] {
  const declared = new Declarations()
  const head = declared.add('String!', branch)
  const cursor = declared.add('String', after)
  const body = `repository(owner: ${declared.add('String!', owner)}, name: ${declared.add('String!', name)}) {
    pulls: ${pullFields(head, state, cursor)} }`
  return [`query ReadPulls${declared} { ${body} }\n${PULLS_FRAGMENT}`, declared.values]
}

function directory(alias: string, path: string, texts: boolean, text: (value: string) => string): string {
  const suffix = texts ? 'Text' : ''
  return path === ''
    ? `${alias}: tree { ...Level${suffix}1 }`
    : `${alias}: file(path: ${text(path)}) { ...Dir${suffix} }`
}

const PATH_COMMITS_FRAGMENT = `fragment PathCommits on CommitHistoryConnection { nodes {
  oid message author { ${ACTOR_FIELDS} } parents(first: 1) { totalCount } } }`

/** GraphQL refuses fragments that are not used. */
function fragments(body: string): string {
  const texts = /\.\.\.(?:Dir|Level)Text/.test(body)
  const parts = [
    ...(texts ? [BLOB_FRAGMENT, used(body, TEXT_TREE_FRAGMENTS, 'DirText')] : []),
    ...(/\.\.\.(?:Dir\b|Level1)/.test(body) ? [used(body, TREE_FRAGMENTS, 'Dir')] : []),
    ...(body.includes('...Pulls') ? [PULLS_FRAGMENT] : []),
    ...(body.includes('...PathCommits') ? [PATH_COMMITS_FRAGMENT] : []),
  ]
  return parts.join('\n')
}

function used(body: string, text: string, entry: string): string {
  return new RegExp(`\\.\\.\\.${entry}\\b`).test(body) ? text : text.slice(text.indexOf('\n') + 1)
}

const branchSchema = z
  .object({
    target: z
      .looseObject({
        oid: z.string(),
        parents: z.object({ nodes: z.array(z.object({ oid: z.string() })) }).optional(),
      })
      .nullable(),
  })
  .nullable()

const commitSchema = z.looseObject({ oid: z.string(), tree: z.object({ oid: z.string() }).optional() })

export const manifestsSchema = z.object({
  viewer: z.object({ login: z.string() }),
  repository: z.looseObject({
    id: z.string(),
    nameWithOwner: z.string(),
    url: z.string(),
    isPrivate: z.boolean(),
    mergeCommitAllowed: z.boolean(),
    squashMergeAllowed: z.boolean(),
    rebaseMergeAllowed: z.boolean(),
    base: z.looseObject({ name: z.string(), target: commitSchema.nullable() }).nullable(),
    /** The default branch's head with the files, where `base` is another branch. */
    home: z.object({ target: z.looseObject({}).nullable() }).nullish(),
    at: commitSchema.nullish(),
    said: stateSchema.nullish(),
  }),
})

export const deepTreesSchema = z.object({ repository: z.record(z.string(), objectSchema.nullable()) })
export const morePullsSchema = z.object({ repository: z.object({ pulls: pullsSchema }) })

/** Readers for the aliases of a part's answer. */
export const aliasSchemas = {
  entry: entrySchema.nullable(),
  root: objectSchema,
  branch: branchSchema,
  comparison: comparisonSchema,
  pulls: pullsSchema,
  names: z.object({ nodes: z.array(z.object({ prefix: z.string(), name: z.string() })) }),
  history: z.object({
    nodes: z.array(
      z.object({
        oid: z.string(),
        message: z.string(),
        author: actorSchema,
        parents: z.object({ totalCount: z.number() }),
      }),
    ),
  }),
}
