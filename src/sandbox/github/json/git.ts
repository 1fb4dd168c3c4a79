import type { FileDiff } from '../../git/diff.ts'
import type { RefValue } from '../../git/git-repository.ts'
import { type CommitObject, type Signature, signatureTime } from '../../git/objects.ts'
import { nodeId } from '../../model/ids.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'
import { accountByEmail, accountJson } from './account.ts'

/** GitHub's `git-ref`. */
export function refJson(model: Model, repository: Repository, ref: RefValue): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  return {
    ref: ref.name,
    node_id: nodeId('Ref', repository.id, ref.name),
    url: `${api}/git/${encodeURI(ref.name)}`,
    object: { sha: ref.oid, type: ref.type, url: `${api}/git/${ref.type}s/${ref.oid}` },
  }
}

/** GitHub's `git-commit`. */
export function gitCommitJson(
  model: Model,
  repository: Repository,
  commit: CommitObject,
): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  return {
    sha: commit.oid,
    node_id: nodeId('Commit', repository.id, commit.oid),
    url: `${api}/git/commits/${commit.oid}`,
    html_url: model.urls.repository(repository, `/commit/${commit.oid}`),
    author: signatureJson(commit.author),
    committer: signatureJson(commit.committer),
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parentsJson(model, repository, commit, '/git/commits/'),
    verification: verificationJson(commit),
  }
}

/** GitHub's `commit`, without `stats` and `files`. */
export function commitJson(
  model: Model,
  repository: Repository,
  commit: CommitObject,
): Record<string, unknown> {
  const api = model.urls.repositoryApi(repository)
  return {
    sha: commit.oid,
    node_id: nodeId('Commit', repository.id, commit.oid),
    commit: {
      author: signatureJson(commit.author),
      committer: signatureJson(commit.committer),
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: verificationJson(commit),
    },
    url: `${api}/commits/${commit.oid}`,
    html_url: model.urls.repository(repository, `/commit/${commit.oid}`),
    comments_url: `${api}/commits/${commit.oid}/comments`,
    author: personJson(model, commit.author),
    committer: personJson(model, commit.committer),
    parents: parentsJson(model, repository, commit, '/commits/'),
  }
}

/** GitHub's `diff-entry`. `at` is the commit whose files the links show. */
export function fileJson(
  model: Model,
  repository: Repository,
  at: string,
  file: FileDiff,
): Record<string, unknown> {
  const path = encodeURI(file.path)
  return {
    sha: file.newOid ?? file.oldOid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: model.urls.repository(repository, `/blob/${at}/${path}`),
    raw_url: model.urls.repository(repository, `/raw/${at}/${path}`),
    contents_url: model.urls.repositoryApi(repository, `/contents/${path}?ref=${at}`),
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  }
}

/** Nothing that the sandbox makes is signed, and it does not check signatures. */
export function verificationJson(commit: { signature: string | null }): Record<string, unknown> {
  return {
    verified: false,
    reason: commit.signature === null ? 'unsigned' : 'unknown_key',
    signature: commit.signature,
    payload: null,
    verified_at: null,
  }
}

/** `{ name, email, date }`. */
export function signatureJson(signature: Signature): Record<string, unknown> {
  return { name: signature.name, email: signature.email, date: signatureTime(signature) }
}

function personJson(model: Model, signature: Signature): Record<string, unknown> | null {
  const account = accountByEmail(model, signature.email)
  return account === null ? null : accountJson(model, account)
}

function parentsJson(
  model: Model,
  repository: Repository,
  commit: CommitObject,
  path: string,
): Record<string, unknown>[] {
  return commit.parents.map((sha) => ({
    sha,
    url: model.urls.repositoryApi(repository, `${path}${sha}`),
    html_url: model.urls.repository(repository, `/commit/${sha}`),
  }))
}
