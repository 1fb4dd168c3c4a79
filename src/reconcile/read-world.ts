import type { Policy, Problem, Read, SourceConfig } from '../config/model.ts'
import { readPolicy } from '../config/policy.ts'
import { readSourceConfig } from '../config/source.ts'
import { errorKind } from '../domain/errors.ts'
import { configPaths, POLICY_PATH } from '../domain/names.ts'
import { type ForgeId, type RepositoryId, sameRepository } from '../domain/repository.ts'
import type {
  Comparison,
  DirectoryQuery,
  Forge,
  ManifestQuery,
  RepositorySnapshot,
  SourceSnapshot,
} from '../forge/forge.ts'
import type { Reason } from '../plan/action.ts'
import { versionBranches } from '../plan/change-requests/own-branch.ts'
import { type Plan, type PlanOptions, plan } from '../plan/plan.ts'
import { PROOF_COMMITS } from '../plan/previews/proof.ts'
import { manifestQueries, sourceQuery, strayBranches } from '../plan/queries.ts'
import { comparisonKey } from '../plan/versions/lineage.ts'
import type { ManifestWorld, World } from '../plan/world.ts'
import { readState, type SourceIdentity, stateDirectory } from '../state/files.ts'
import { answerQuestions } from './answer-questions.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

/**
 * More than any plan needs: a walk back through 50 versions asks for twice as many at each step, of each for its tag, image,
 * labels and gates.
 */
const ROUNDS = 40

/** No pull request and no branch wants anything of an archived repository. */
const NOTHING_OFFERED: SourceSnapshot = {
  branches: {},
  tags: { complete: true, items: [] },
  pullRequests: { complete: true, items: [] },
  closedPullRequests: [],
  liveBranches: { complete: true, items: [] },
}

type Sources = Pick<Dependencies, 'forges' | 'registry' | 'prober' | 'now'>

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
  { forges, registry, prober, now }: Sources,
  options: PlanOptions,
): Promise<Reading> {
  const forge = forgeOf(forges, repository)
  const paths = configPaths(forge.words.directory)
  const source = await forge.readRepository(repository, [...paths, POLICY_PATH])
  const config = configurationOf(source, paths, [...forges.keys()])
  if (config.kind !== 'config') return { ...config, source }
  const identity = { forge: repository.forge, id: source.id }
  const queries = manifestQueries(config.value)
  const [offers, first] = await Promise.all([
    source.archived ? NOTHING_OFFERED : forge.readSource(source.repository, sourceQuery(config.value)),
    Promise.all(queries.map((each) => readManifests(forges, identity, each))),
  ])
  const manifests = await Promise.all(
    first.map((each, index) => readBranches(forges, config.value, offers, each, queries[index]?.query)),
  )
  return planCompletely(
    { forges, registry, prober },
    {
      words: forge.words,
      source,
      config: config.value,
      offers,
      manifests,
      comparisons: {},
      answers: {},
      now: now(),
    },
    options,
  )
}

/** Plans, reads what the plan still needs to know, and plans again. */
export async function planCompletely(
  { forges, registry, prober }: Omit<Sources, 'now'>,
  world: World,
  options: PlanOptions,
): Promise<Extract<Reading, { kind: 'planned' }>> {
  let result = plan(world, options)
  for (let round = 0; round < ROUNDS && isIncomplete(result); round++) {
    const { repository } = world.source
    const [comparisons, manifests, answers] = await Promise.all([
      readComparisons(forges, world, result),
      Promise.all(world.manifests.map((each) => readMore(forges, world.config, each, result))),
      answerQuestions({ forges, registry, prober }, repository, result.questions),
    ])
    world = {
      ...world,
      comparisons: { ...world.comparisons, ...comparisons },
      manifests,
      answers: { ...world.answers, ...answers },
    }
    result = plan(world, options)
  }
  return { kind: 'planned', world, plan: result }
}

function isIncomplete({ comparisonsNeeded, historiesNeeded, branchesNeeded, questions }: Plan): boolean {
  return [comparisonsNeeded, historiesNeeded, branchesNeeded, questions].some(({ length }) => length > 0)
}

async function readComparisons(
  forges: ReadonlyMap<ForgeId, Forge>,
  { source }: World,
  { comparisonsNeeded }: Plan,
): Promise<Record<string, Comparison>> {
  const forge = forgeOf(forges, source.repository)
  const entries = comparisonsNeeded.map(
    async ({ base, head }) =>
      [comparisonKey(base, head), await forge.compareCommits(source.repository, base, head)] as const,
  )
  return Object.fromEntries(await Promise.all(entries))
}

/** A branch that moved in between is read anew by the next pass: the writes are pinned to what was read first. */
async function readMore(
  forges: ReadonlyMap<ForgeId, Forge>,
  config: SourceConfig,
  manifests: ManifestWorld,
  { historiesNeeded, branchesNeeded }: Plan,
): Promise<ManifestWorld> {
  const isHere = (repository: RepositoryId, branch: string | null) =>
    sameRepository(repository, manifests.repository) && branch === manifests.branch
  const paths = historiesNeeded
    .filter(({ repository, branch }) => isHere(repository, branch))
    .flatMap((each) => each.paths)
  const branches = branchesNeeded
    .filter(({ repository, base }) => isHere(repository, base))
    .map(({ branch }) => branch)
  if (manifests.snapshot === null || paths.length + branches.length === 0) return manifests
  const { snapshot } = manifests
  const all = manifestQueries(config).find(({ repository, query }) => isHere(repository, query.branch))
  const directories = [
    ...paths.map((path) => ({ path, texts: false, history: PROOF_COMMITS })),
    ...(branches.length === 0 ? [] : namesOnly(all?.query)),
  ]
  const query = { branch: manifests.branch, files: [], directories, changeRequestBranches: branches }
  const more = await forgeOf(forges, manifests.repository).readManifests(manifests.repository, query)
  return {
    ...manifests,
    snapshot: {
      ...snapshot,
      history: { ...snapshot.history, ...more.history },
      changeRequests: { ...snapshot.changeRequests, ...more.changeRequests },
    },
  }
}

type Configuration =
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

async function readManifests(
  forges: ReadonlyMap<ForgeId, Forge>,
  source: SourceIdentity,
  { repository, query }: { repository: RepositoryId; query: ManifestQuery },
): Promise<ManifestWorld> {
  const place = { repository, branch: query.branch }
  try {
    const forge = forgeOf(forges, repository)
    const snapshot = await forge.readManifests(repository, { ...query, state: stateDirectory(source) })
    return {
      ...place,
      snapshot,
      words: forge.words,
      policy: policyOf(snapshot.files[POLICY_PATH] ?? null, snapshot.repository),
      state: readState(source, snapshot.state),
    }
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    return { ...place, snapshot: null, reason: reasonOf(error) }
  }
}

/** The change requests of branches whose names were not known at first; most repositories have none. */
async function readBranches(
  forges: ReadonlyMap<ForgeId, Forge>,
  config: SourceConfig,
  offers: SourceSnapshot,
  manifests: ManifestWorld,
  query: ManifestQuery | undefined,
): Promise<ManifestWorld> {
  const { repository, branch, snapshot } = manifests
  if (snapshot === null) return manifests
  const strays = strayBranches(config, repository, snapshot.branches)
  const versions = versionBranches(config, repository, snapshot.branches, offers)
  const changeRequestBranches = [...strays, ...versions]
  if (changeRequestBranches.length === 0) return manifests
  const { changeRequests } = await forgeOf(forges, repository).readManifests(repository, {
    branch,
    files: [],
    directories: versions.length === 0 ? [] : namesOnly(query),
    changeRequestBranches,
  })
  return {
    ...manifests,
    snapshot: { ...snapshot, changeRequests: { ...snapshot.changeRequests, ...changeRequests } },
  }
}

/** What the branches of change requests are compared with. */
function namesOnly(query: ManifestQuery | undefined): DirectoryQuery[] {
  return (query?.directories ?? []).map(({ path }) => ({ path, texts: false, history: 0 }))
}

export function policyOf(text: string | null, manifests: RepositoryId): Read<Policy | null> {
  return text === null ? { ok: true, value: null } : readPolicy(POLICY_PATH, text, manifests)
}

function nothing(code: string, message: string): Configuration {
  return { kind: 'nothing', reason: { code, message } }
}
