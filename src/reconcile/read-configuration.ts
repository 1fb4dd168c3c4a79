import type { Problem, SourceConfig } from '../config/model.ts'
import { readSourceConfig } from '../config/source.ts'
import { POLICY_PATH } from '../domain/names.ts'
import type { ForgeId } from '../domain/repository.ts'
import type { RepositorySnapshot } from '../forge/forge.ts'
import type { Reason } from '../plan/action.ts'
import { policyOf } from './read-manifests.ts'

/** What a repository says of itself. */
export type Configuration =
  | { kind: 'nothing'; reason: Reason }
  | { kind: 'broken'; what: 'configuration' | 'policy'; file: string; problems: Problem[] }
  | { kind: 'config'; value: SourceConfig }

/** Nobody works on an archived repository: its environments stay as they are, and its previews go. */
export function configurationOf(
  source: RepositorySnapshot,
  paths: readonly string[],
  forges: readonly ForgeId[],
): Configuration {
  const read = readConfiguration(source, paths, forges)
  if (!source.archived) return read
  const apps = read.kind === 'config' ? read.value.apps.filter(({ previews }) => previews !== null) : []
  return apps.length === 0
    ? nothing('archived', 'The repository is archived.')
    : { kind: 'config', value: { apps: apps.map((app) => ({ ...app, environments: [] })) } }
}

function readConfiguration(
  source: RepositorySnapshot,
  paths: readonly string[],
  forges: readonly ForgeId[],
): Configuration {
  if (source.head === null) return nothing('empty', 'The repository has no commit yet.')
  const policy = policyOf(source.files[POLICY_PATH] ?? null, source.repository)
  if (!policy.ok) return { kind: 'broken', what: 'policy', file: POLICY_PATH, problems: policy.problems }
  const file = paths.find((path) => typeof source.files[path] === 'string')
  if (file === undefined) return nothing('not-configured', `There is no ${paths.join(', ')}.`)
  const read = readSourceConfig(file, source.files[file] ?? '', source.repository, forges)
  if (!read.ok) return { kind: 'broken', what: 'configuration', file, problems: read.problems }
  return { kind: 'config', value: read.value }
}

function nothing(code: string, message: string): Configuration {
  return { kind: 'nothing', reason: { code, message } }
}
