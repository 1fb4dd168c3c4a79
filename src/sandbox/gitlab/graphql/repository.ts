import { GraphQLError } from 'graphql'
import type { Oid } from '../../../domain/commit.ts'
import type { CommitObject, TreeEntry } from '../../git/objects.ts'
import { signatureTime } from '../../git/objects.ts'
import { entryAt, flatten, history, resolveCommit } from '../../git/walk.ts'
import type { Model } from '../../model/model.ts'
import { isRefName } from '../../model/refs.ts'
import type { Repository } from '../../model/types.ts'
import { connection, type PageArguments } from './connection.ts'

interface Place {
  ref?: string | null
  refType?: 'HEADS' | 'TAGS' | null
}

/** `Project.repository`. */
export async function repositoryNode(model: Model, project: Repository): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const empty = (await git.refs()).size === 0
  return {
    rootRef: empty ? null : project.defaultBranch,
    empty,
    exists: true,
    tree: (args: Place & { path?: string | null; recursive?: boolean | null }) =>
      empty ? null : treeNode(model, project, args),
    blobs: (args: Place & PageArguments & { paths: string[] }) => blobs(model, project, args),
    branchNames: async ({ searchPattern, offset, limit }: BranchNames) => {
      const names = [...(await git.refs()).keys()]
        .filter((name) => name.startsWith('refs/heads/'))
        .map((name) => name.slice('refs/heads/'.length))
      const pattern = searchPattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      const wanted = new RegExp(`^${pattern.join('.*')}$`)
      return names.filter((name) => wanted.test(name)).slice(offset, offset + limit)
    },
  }
}

interface BranchNames {
  searchPattern: string
  offset: number
  limit: number
}

async function commitAt(
  model: Model,
  project: Repository,
  { ref, refType }: Place,
): Promise<CommitObject | null> {
  const git = model.git(project)
  const name = !ref || ref === 'HEAD' ? project.defaultBranch : ref
  if (!isRefName(`refs/heads/${name}`)) throw new GraphQLError('Ref is not valid')
  if (refType == null) {
    const oid = await resolveCommit(git, name)
    return oid === null ? null : await git.commit(oid)
  }
  const found = await git.ref(`refs/${refType === 'HEADS' ? 'heads' : 'tags'}/${name}`)
  return found === null ? null : await git.commit(found.commit)
}

/** A tree that is not there has nothing in it; it is not null. */
async function treeNode(
  model: Model,
  project: Repository,
  args: Place & { path?: string | null; recursive?: boolean | null },
): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const commit = await commitAt(model, project, args)
  const path = (args.path ?? '').replace(/^\/+|\/+$/g, '')
  const root = commit === null ? null : await entryAt(git, commit.tree, path)
  const prefix = path === '' ? '' : `${path}/`
  let read: Promise<(TreeEntry & { path: string })[]> | null = null
  const load = async (): Promise<(TreeEntry & { path: string })[]> => {
    if (root?.type !== 'tree') return []
    const found =
      args.recursive === true
        ? (await flatten(git, root.oid, 1_000_000)).entries
        : ((await git.tree(root.oid)) ?? []).map((entry) => ({ ...entry, path: entry.name }))
    return found.map((entry) => ({ ...entry, path: `${prefix}${entry.path}` }))
  }
  const list = (type: TreeEntry['type']) => async (page: PageArguments) => {
    read ??= load()
    const nodes = (await read)
      .filter((entry) => entry.type === type)
      .map((entry) => entryNode(project, entry))
    const cut = type === 'blob' ? model.faults.cutListingsAt : null
    return connection(nodes, ({ path: where }) => String(where), page, cut)
  }
  return {
    blobs: list('blob'),
    trees: list('tree'),
    submodules: list('commit'),
    lastCommit: async () => {
      if (commit === null) return null
      if (path === '') return commitNode(model, project, commit)
      const [last] = await history(git, commit.oid, { limit: 1, path })
      return last === undefined ? null : commitNode(model, project, last)
    },
  }
}

function entryNode(project: Repository, { name, path, oid, mode, type }: TreeEntry & { path: string }) {
  const webPath = `/${project.owner}/${project.name}/-/${type === 'tree' ? 'tree' : 'blob'}/${path}`
  return { id: gid('Blob', oid), name, path, flatPath: path, sha: oid, mode, type, webPath, webUrl: null }
}

async function blobs(
  model: Model,
  project: Repository,
  args: Place & PageArguments & { paths: string[] },
): Promise<Record<string, unknown>> {
  const git = model.git(project)
  const commit = await commitAt(model, project, args)
  const nodes: Record<string, unknown>[] = []
  for (const path of args.paths) {
    const entry = commit === null ? null : await entryAt(git, commit.tree, path)
    const bytes = entry?.type === 'blob' ? await git.blob(entry.oid) : null
    if (entry !== null && bytes !== null) nodes.push(blobNode(path, entry, bytes))
  }
  return connection(nodes, (_, index) => index, args)
}

function blobNode(path: string, { oid, mode }: TreeEntry, bytes: Buffer): Record<string, unknown> {
  const text = bytes.subarray(0, 8_000).includes(0) ? null : bytes.toString('utf8')
  return {
    id: gid('Blob', oid satisfies Oid),
    oid,
    path,
    name: path.split('/').at(-1) ?? path,
    mode,
    size: String(bytes.length),
    rawSize: String(bytes.length),
    rawBlob: text,
    rawTextBlob: text,
    fileType: null,
    webPath: null,
  }
}

function commitNode(model: Model, project: Repository, commit: CommitObject): Record<string, unknown> {
  const [title = ''] = commit.message.split('\n')
  return {
    id: gid('Commit', commit.oid),
    sha: commit.oid,
    shortId: commit.oid.slice(0, 8),
    title,
    fullTitle: title,
    message: `${commit.message}\n`,
    authorName: commit.author.name,
    authorEmail: commit.author.email,
    authoredDate: signatureTime(commit.author),
    committerName: commit.committer.name,
    committerEmail: commit.committer.email,
    committedDate: signatureTime(commit.committer),
    webUrl: model.urls.repository(project, `/commit/${commit.oid}`),
  }
}

/** `gid://gitlab/Project/7` */
export function gid(type: string, id: string | number): string {
  return `gid://gitlab/${type}/${id}`
}
