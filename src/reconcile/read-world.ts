import { MAX_CONFIG_BYTES } from '../config/document.ts'
import type { Problem, SourceConfig } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { configPaths, POLICY_PATH } from '../domain/names.ts'
import { type ForgeId, type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { Forge, ManifestQuery, RepositorySnapshot, SourceSnapshot } from '../forge/forge.ts'
import type { Reason } from '../plan/action.ts'
import { versionBranches } from '../plan/change-requests/own-branch.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { formerPlaces } from '../plan/previews/places.ts'
import { manifestQueries, sourceQuery, strayBranches } from '../plan/queries.ts'
import type { ManifestWorld, World } from '../plan/world.ts'
import type { Remembered } from '../store/store.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import { namesOnly, type Planned, planCompletely } from './plan-completely.ts'
import { configurationOf } from './read-configuration.ts'
import { isNotFound, manifestKeys, readFormer } from './read-former.ts'
import { sourceOfPlaces } from './read-gone.ts'
import { readManifests } from './read-manifests.ts'
import { reasonOf } from './reason-of.ts'

/** No pull request and no branch wants anything of an archived repository. */
const NOTHING_OFFERED: SourceSnapshot = {
  branches: {},
  tags: { complete: true, items: [] },
  pullRequests: { complete: true, items: [] },
  closedPullRequests: [],
  liveBranches: { complete: true, items: [] },
}

const NO_APPS: SourceConfig = { apps: [] }

/** Without `remembered` it is as with a new store: only what the forges tell is known. */
export type Sources = Pick<Dependencies, 'forges' | 'registry' | 'prober' | 'now'> &
  Partial<Pick<Dependencies, 'remembered'>>

const NOTHING_REMEMBERED: Remembered = { feeds: [], waits: {} }

/** What a repository turns out to be. */
export type Reading =
  /** It holds no configuration, or cannot hold one; `source` is null where it is not found. */
  | {
      kind: 'nothing'
      repository: RepositoryId
      source: RepositorySnapshot | null
      reason: Reason
      /** What is remembered of it is of no use any more. */
      over: boolean
    }
  | {
      kind: 'broken'
      source: RepositorySnapshot
      what: 'configuration' | 'policy'
      file: string
      problems: Problem[]
    }
  | Planned

/** Reads desired and observed afresh from the forges and plans; writes nothing. */
export async function readAndPlan(
  repository: RepositoryId,
  sources: Sources,
  options: PlanOptions,
): Promise<Reading> {
  const { forges, remembered } = sources
  const forge = forgeOf(forges, repository)
  const paths = configPaths(forge.words.directory)
  const [source, before] = await Promise.all([
    forge
      .readRepository(repository, [...paths, POLICY_PATH], { mostBytes: MAX_CONFIG_BYTES })
      .catch(whyNotFound),
    remembered?.(repositoryKey(repository)) ?? NOTHING_REMEMBERED,
  ])
  if (source instanceof SupercargoError) return await readGone(repository, source, sources, before, options)
  const config = configurationOf(source, paths, [...forges.keys()])
  if (config.kind === 'broken') return { ...config, source }
  if (config.kind === 'config')
    return await readPlanned({ source, ended: null, ...config }, sources, before, options)
  const { reason } = config
  const none = { kind: 'nothing' as const, repository: source.repository, source, reason, over: false }
  if (reason.code === 'empty') return none
  const ended =
    reason.code === 'archived' ? null : { code: 'not-configured' as const, message: reason.message }
  const reading = await readPlanned({ source, ended, value: NO_APPS }, sources, before, options)
  return reading.world.manifests.length > 0 ? reading : { ...none, over: !isEmpty(before) }
}

interface Known {
  source: RepositorySnapshot
  value: SourceConfig
  ended: World['ended']
}

async function readPlanned(
  { source, value, ended }: Known,
  { forges, registry, prober, now }: Sources,
  before: Remembered,
  options: PlanOptions,
): Promise<Planned> {
  const forge = forgeOf(forges, source.repository)
  const identity = { forge: source.repository.forge, id: source.id }
  const queries = manifestQueries(value)
  const query = sourceQuery(value)
  const [offers, first] = await Promise.all([
    source.archived || value.apps.length === 0 ? NOTHING_OFFERED : forge.readSource(source.repository, query),
    Promise.all(queries.map((each) => readManifests(forges, identity, each))),
  ])
  const own = await Promise.all(
    first.map((each, index) => readBranches(forges, value, offers, each, queries[index]?.query)),
  )
  const manifests = await readFormer(forges, identity, value, own, before.feeds)
  const told =
    source.archived || query.pullRequests || formerPlaces({ config: value, manifests }).length === 0
  const world: World = {
    words: forge.words,
    source,
    config: value,
    offers: told ? offers : { ...offers, ...(await readToldOf(forge, source)) },
    manifests,
    comparisons: {},
    answers: {},
    since: before.waits,
    ended,
    now: now(),
  }
  return await planCompletely({ forges, registry, prober }, world, options)
}

/** Pull requests whose comments may speak of previews that go, although the configuration has none any more. */
async function readToldOf(
  forge: Forge,
  { repository }: RepositorySnapshot,
): Promise<Pick<SourceSnapshot, 'pullRequests' | 'closedPullRequests'>> {
  const { pullRequests, closedPullRequests } = await forge.readSource(repository, {
    ...sourceQuery(NO_APPS),
    pullRequests: true,
  })
  return { pullRequests, closedPullRequests }
}

/**
 * A repository that is not found may be gone. What state branches remember of it tells where its previews are, and by
 * which id; nobody is told anything there.
 * @throws SupercargoError `repository-not-found` when nothing is known of it
 */
async function readGone(
  repository: RepositoryId,
  error: SupercargoError,
  sources: Sources,
  before: Remembered,
  options: PlanOptions,
): Promise<Reading> {
  const keys = manifestKeys(before.feeds)
  if (keys.length === 0) throw error
  const none = { kind: 'nothing' as const, repository, source: null, reason: reasonOf(error), over: true }
  const source = await sourceOfPlaces(repository, keys, sources)
  if (source === null) return none
  const ended = { code: 'repository-not-found' as const, message: error.message }
  const reading = await readPlanned({ source, ended, value: NO_APPS }, sources, before, options)
  return reading.world.manifests.length > 0 ? reading : none
}

/** The error that says so; every other one is thrown. */
function whyNotFound(error: unknown): SupercargoError {
  if (isNotFound(error)) return error
  throw error
}

function isEmpty({ feeds, waits }: Remembered): boolean {
  return feeds.length === 0 && Object.keys(waits).length === 0
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
