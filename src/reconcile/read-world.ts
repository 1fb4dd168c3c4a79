import type { Policy, Problem, Read, SourceConfig } from '../config/model.ts'
import { readPolicy } from '../config/policy.ts'
import { readSourceConfig } from '../config/source.ts'
import { errorKind } from '../domain/errors.ts'
import { CONFIG_PATHS, POLICY_PATH } from '../domain/names.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Comparison, Forge, ManifestQuery, RepositorySnapshot } from '../forge/forge.ts'
import type { Reason } from '../plan/action.ts'
import { comparisonKey } from '../plan/lineage.ts'
import { type Plan, type PlanOptions, plan } from '../plan/plan.ts'
import { manifestQueries, sourceQuery } from '../plan/queries.ts'
import type { ManifestWorld, World } from '../plan/world.ts'
import { forgeOf } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

/** Two rounds are enough: what must be compared depends on what the manifests hold, and on nothing else. */
const COMPARISON_ROUNDS = 2

/** What a repository turns out to be. */
export type Reading =
  /** It holds no configuration, or cannot hold one. */
  | { kind: 'nothing'; source: RepositorySnapshot; reason: Reason }
  | {
      kind: 'broken'
      source: RepositorySnapshot
      what: 'configuration' | 'policy'
      file: string
      problems: Problem[]
    }
  | { kind: 'planned'; world: World; plan: Plan }

/** Reads desired and observed afresh from the forges and plans; writes nothing. */
export async function readAndPlan(
  repository: RepositoryId,
  forges: ReadonlyMap<ForgeId, Forge>,
  now: Date,
  options: PlanOptions,
): Promise<Reading> {
  const forge = forgeOf(forges, repository)
  const source = await forge.readRepository(repository, [...CONFIG_PATHS, POLICY_PATH])
  const config = configurationOf(source)
  if (config.kind !== 'config') return { ...config, source }
  const [offers, manifests] = await Promise.all([
    forge.readSource(source.repository, sourceQuery(config.value)),
    Promise.all(manifestQueries(config.value).map((each) => readManifests(forges, each))),
  ])
  return planWithComparisons(
    forge,
    { source, config: config.value, offers, manifests, comparisons: {}, now },
    options,
  )
}

async function planWithComparisons(forge: Forge, world: World, options: PlanOptions): Promise<Reading> {
  let result = plan(world, options)
  for (let round = 0; round < COMPARISON_ROUNDS && result.comparisonsNeeded.length > 0; round++) {
    const entries = await Promise.all(
      result.comparisonsNeeded.map(
        async ({ base, head }): Promise<[string, Comparison]> => [
          comparisonKey(base, head),
          await forge.compareCommits(world.source.repository, base, head),
        ],
      ),
    )
    world = { ...world, comparisons: { ...world.comparisons, ...Object.fromEntries(entries) } }
    result = plan(world, options)
  }
  return { kind: 'planned', world, plan: result }
}

type Configuration =
  | { kind: 'nothing'; reason: Reason }
  | { kind: 'broken'; what: 'configuration' | 'policy'; file: string; problems: Problem[] }
  | { kind: 'config'; value: SourceConfig }

function configurationOf(source: RepositorySnapshot): Configuration {
  if (source.archived) return nothing('archived', 'The repository is archived.')
  if (source.head === null) return nothing('empty', 'The repository has no commit yet.')
  const policy = policyOf(source.files[POLICY_PATH] ?? null, source.repository)
  if (!policy.ok) return { kind: 'broken', what: 'policy', file: POLICY_PATH, problems: policy.problems }
  const file = CONFIG_PATHS.find((path) => typeof source.files[path] === 'string')
  if (file === undefined) return nothing('not-configured', `There is no ${CONFIG_PATHS.join(', ')}.`)
  const read = readSourceConfig(file, source.files[file] ?? '', source.repository)
  if (!read.ok) return { kind: 'broken', what: 'configuration', file, problems: read.problems }
  return { kind: 'config', value: read.value }
}

async function readManifests(
  forges: ReadonlyMap<ForgeId, Forge>,
  { repository, query }: { repository: RepositoryId; query: ManifestQuery },
): Promise<ManifestWorld> {
  const place = { repository, branch: query.branch }
  try {
    const snapshot = await forgeOf(forges, repository).readManifests(repository, query)
    return { ...place, snapshot, policy: policyOf(snapshot.files[POLICY_PATH] ?? null, snapshot.repository) }
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    return { ...place, snapshot: null, reason: reasonOf(error) }
  }
}

function policyOf(text: string | null, manifests: RepositoryId): Read<Policy | null> {
  return text === null ? { ok: true, value: null } : readPolicy(POLICY_PATH, text, manifests)
}

function nothing(code: string, message: string): Configuration {
  return { kind: 'nothing', reason: { code, message } }
}
