import type { FileDiff } from '../../git/diff.ts'
import { type CommitObject, type Signature, signatureTime } from '../../git/objects.ts'
import type { Model } from '../../model/model.ts'
import type { Repository } from '../../model/types.ts'

/** https://docs.gitlab.com/api/commits/ */
export function commitJson(
  model: Model,
  project: Repository,
  commit: CommitObject,
  trailers = false,
): Record<string, unknown> {
  const [title = ''] = commit.message.split('\n')
  return {
    id: commit.oid,
    short_id: commit.oid.slice(0, 8),
    created_at: signatureTime(commit.committer),
    parent_ids: commit.parents,
    title: title.length > 255 ? `${title.slice(0, 252)}...` : title,
    message: commit.message.endsWith('\n') ? commit.message : `${commit.message}\n`,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: zoned(commit.author),
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: zoned(commit.committer),
    trailers: trailers ? trailersOf(commit.message) : {},
    extended_trailers: trailers ? extended(commit.message) : {},
    web_url: model.urls.repository(project, `/commit/${commit.oid}`),
  }
}

/** `2026-01-31T13:00:00.000+01:00` */
function zoned(signature: Signature): string {
  const { seconds, zone } = signature
  const sign = zone.startsWith('-') ? -1 : 1
  const minutes = sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)))
  const local = new Date((seconds + minutes * 60) * 1000).toISOString().replace('Z', '')
  return `${local}${zone.slice(0, 3)}:${zone.slice(3)}`
}

function trailersOf(message: string): Record<string, string> {
  return Object.fromEntries(trailerLines(message))
}

function extended(message: string): Record<string, string[]> {
  const found: Record<string, string[]> = {}
  for (const [key, value] of trailerLines(message)) found[key] = [...(found[key] ?? []), value]
  return found
}

function trailerLines(message: string): [string, string][] {
  const last = message.trimEnd().split(/\n\n+/).slice(1).at(-1) ?? ''
  return last.split('\n').flatMap((line): [string, string][] => {
    const match = /^([\w-]+): (.*)$/.exec(line)
    return match === null ? [] : [[match[1] ?? '', match[2] ?? '']]
  })
}

/** One changed file. https://docs.gitlab.com/api/commits/#get-commit-diff */
export function diffJson(file: FileDiff, unidiff = false): Record<string, unknown> {
  const { path, previousPath, status, oldMode, newMode, patch } = file
  const old = previousPath ?? path
  const head = `--- ${status === 'added' ? '/dev/null' : `a/${old}`}\n+++ ${status === 'removed' ? '/dev/null' : `b/${path}`}\n`
  return {
    diff: patch === null ? '' : `${unidiff ? head : ''}${patch}\n`,
    collapsed: false,
    too_large: false,
    new_path: path,
    old_path: old,
    a_mode: oldMode ?? '0',
    b_mode: newMode ?? '0',
    new_file: status === 'added',
    renamed_file: status === 'renamed',
    deleted_file: status === 'removed',
    generated_file: null,
  }
}
