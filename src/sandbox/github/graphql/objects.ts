import type { CommitFileArgs, CommitHistoryArgs } from '@octokit/graphql-schema'
import type { Oid } from '../../../domain/commit.ts'
import { type CommitObject, signatureTime, type TagObject, type TreeEntry } from '../../git/objects.ts'
import { countCommits, entryAt, history, resolveCommit } from '../../git/walk.ts'
import { nodeId } from '../../model/ids.ts'
import type { Repository } from '../../model/types.ts'
import { gitActorView } from './accounts.ts'
import { commitChecks } from './checks.ts'
import { connection, PAGE, type Page } from './connection.ts'
import type { Execution } from './execution.ts'
import { once, takes, type View } from './fields.ts'
import { remember } from './memo.ts'

/** Text of larger blobs is cut, as GitHub does. */
const TEXT_LIMIT = 512_000

/** The git object with this id, whatever it is; null when there is none. */
export async function objectView(
  execution: Execution,
  repository: Repository,
  oid: Oid,
  path = '',
): Promise<View | null> {
  const git = execution.model.git(repository)
  const type = (await git.info(oid))?.type
  if (type === 'tree') return treeView(execution, repository, oid, path)
  if (type === 'blob') return blobView(execution, repository, oid)
  if (type === 'tag') {
    const tag = await git.tag(oid)
    return tag === null ? null : tagView(execution, repository, tag)
  }
  const commit = type === 'commit' ? await git.commit(oid) : null
  return commit === null ? null : commitView(execution, repository, commit)
}

/** What `main:dir`, `v1`, a full or an abbreviated id name; null when they name nothing. */
export async function expressionView(
  execution: Execution,
  repository: Repository,
  expression: string,
): Promise<View | null> {
  const git = execution.model.git(repository)
  const colon = expression.indexOf(':')
  if (colon === -1) {
    const refs = await git.refs()
    const names = [`refs/heads/${expression}`, `refs/tags/${expression}`, expression]
    const ref = names.map((name) => refs.get(name)).find((it) => it !== undefined)
    const oid = ref?.oid ?? (await git.info(expression))?.oid
    return oid === undefined ? null : await objectView(execution, repository, oid)
  }
  const commit = await git.commit((await resolveCommit(git, expression.slice(0, colon) || 'HEAD')) ?? '')
  const path = expression.slice(colon + 1).replace(/\/+$/, '')
  const entry = commit === null ? null : await entryAt(git, commit.tree, path)
  return entry === null ? null : await objectView(execution, repository, entry.oid, path)
}

export function commitView(execution: Execution, repository: Repository, commit: CommitObject): View {
  const { model } = execution
  const git = model.git(repository)
  const [headline = '', ...rest] = commit.message.split('\n')
  return {
    ...gitObject(execution, repository, commit.oid),
    __typename: 'Commit',
    id: nodeId('Commit', repository.id, commit.oid),
    url: model.urls.repository(repository, `/commit/${commit.oid}`),
    resourcePath: `/${repository.owner}/${repository.name}/commit/${commit.oid}`,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join('\n').trim(),
    authoredDate: signatureTime(commit.author),
    committedDate: signatureTime(commit.committer),
    author: () => gitActorView(execution, commit.author),
    committer: () => gitActorView(execution, commit.committer),
    authoredByCommitter: commit.author.email === commit.committer.email,
    committedViaWeb: commit.committer.email === 'noreply@github.com',
    signature: () => (commit.signature === null ? null : signatureView(commit.signature)),
    parents: takes<Page>(PAGE, (page) =>
      connection(execution, 'CommitConnection', 'parents', page, commit.parents, async (oid) => {
        const parent = await git.commit(oid)
        if (parent === null) throw new Error(`The parent ${oid} is missing.`)
        return commitView(execution, repository, parent)
      }),
    ),
    tree: () => treeView(execution, repository, commit.tree, ''),
    file: takes<CommitFileArgs>(['path'], async ({ path }) => {
      const entry = path === '' ? null : await entryAt(git, commit.tree, path)
      return entry === null ? null : entryView(execution, repository, entry, path)
    }),
    history: takes<CommitHistoryArgs>([...PAGE, 'path', 'since', 'until'], (args) =>
      historyConnection(execution, repository, commit.oid, args),
    ),
    associatedPullRequests: execution.links.pullsOfCommit(repository, commit.oid),
    ...commitChecks(execution, repository, commit.oid),
  }
}

function historyConnection(
  execution: Execution,
  repository: Repository,
  from: Oid,
  args: CommitHistoryArgs,
): View {
  const git = execution.model.git(repository)
  const path = args.path ?? null
  const view = (commit: CommitObject): View => commitView(execution, repository, commit)
  if (args.since || args.until) {
    const all = once(() => history(git, from, { limit: 10_000, path }))
    const within = async (): Promise<CommitObject[]> =>
      (await all()).filter((commit) => {
        const time = commit.committer.seconds * 1000
        return (
          !(args.since && time < Date.parse(args.since)) && !(args.until && time > Date.parse(args.until))
        )
      })
    const source = {
      total: async () => (await within()).length,
      slice: async (offset: number, limit: number) => (await within()).slice(offset, offset + limit),
    }
    return connection(execution, 'CommitHistoryConnection', 'history', args, source, view)
  }
  const key = `${repository.id} history ${from} ${path}`
  const total = () =>
    remember(execution.model, key, async () =>
      path === null
        ? await countCommits(git, from)
        : (await history(git, from, { limit: 100_000, path })).length,
    )
  const slice = (skip: number, limit: number) =>
    remember(execution.model, `${key} ${skip} ${limit}`, () => history(git, from, { skip, limit, path }))
  return connection(execution, 'CommitHistoryConnection', 'history', args, { total, slice }, view)
}

export function treeView(execution: Execution, repository: Repository, oid: Oid, path: string): View {
  return {
    ...gitObject(execution, repository, oid),
    __typename: 'Tree',
    id: nodeId('Tree', repository.id, oid),
    entries: async () => {
      const entries = (await execution.model.git(repository).tree(oid)) ?? []
      const prefix = path === '' ? '' : `${path}/`
      return entries.map((entry) => entryView(execution, repository, entry, `${prefix}${entry.name}`))
    },
  }
}

function entryView(execution: Execution, repository: Repository, entry: TreeEntry, path: string): View {
  return {
    __typename: 'TreeEntry',
    name: entry.name,
    nameRaw: Buffer.from(entry.name).toString('base64'),
    path,
    pathRaw: Buffer.from(path).toString('base64'),
    mode: Number.parseInt(entry.mode, 8),
    type: entry.type,
    oid: entry.oid,
    extension: /\.[^.]*$/.exec(entry.name)?.[0] ?? '',
    size: async () =>
      entry.type === 'blob' ? ((await execution.blob(repository, entry.oid))?.length ?? 0) : 0,
    repository: () => execution.links.repository(repository),
    object: () => {
      if (entry.type === 'tree') return treeView(execution, repository, entry.oid, path)
      return entry.type === 'blob' ? blobView(execution, repository, entry.oid) : null
    },
  }
}

export function blobView(execution: Execution, repository: Repository, oid: Oid): View {
  const bytes = once(async () => {
    const found = await execution.blob(repository, oid)
    if (found === null) throw new Error(`The blob ${oid} is missing.`)
    return found
  })
  const binary = async (): Promise<boolean> => (await bytes()).subarray(0, 8_000).includes(0)
  return {
    ...gitObject(execution, repository, oid),
    __typename: 'Blob',
    id: nodeId('Blob', repository.id, oid),
    byteSize: async () => (await bytes()).length,
    isBinary: binary,
    isTruncated: async () => (await bytes()).length > TEXT_LIMIT,
    text: async () => ((await binary()) ? null : (await bytes()).subarray(0, TEXT_LIMIT).toString('utf8')),
  }
}

function tagView(execution: Execution, repository: Repository, tag: TagObject): View {
  return {
    ...gitObject(execution, repository, tag.oid),
    __typename: 'Tag',
    id: nodeId('Tag', repository.id, tag.oid),
    name: tag.tag,
    message: tag.message,
    tagger: tag.tagger === null ? null : gitActorView(execution, tag.tagger),
    target: () => objectView(execution, repository, tag.object),
  }
}

function gitObject(execution: Execution, repository: Repository, oid: Oid): Record<string, unknown> {
  return {
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: execution.model.urls.repository(repository, `/commit/${oid}`),
    commitResourcePath: `/${repository.owner}/${repository.name}/commit/${oid}`,
    repository: () => execution.links.repository(repository),
  }
}

function signatureView(signature: string): View {
  return {
    __typename: signature.includes('SSH') ? 'SshSignature' : 'GpgSignature',
    signature,
    isValid: false,
    state: 'UNKNOWN_KEY',
    wasSignedByGitHub: false,
  }
}
