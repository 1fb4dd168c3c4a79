import type { SourceConfig } from '../config/model.ts'
import { errorKind } from '../domain/errors.ts'
import { type ImageName, imageKey } from '../domain/image.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { RepositorySnapshot } from '../forge/forge.ts'
import type { Action, Standing } from '../plan/action.ts'
import { type Applied, aftermath } from '../plan/aftermath.ts'
import { brokenReport, feedback } from '../plan/feedback.ts'
import { type LookAgain, sooner, UNTIL_MERGEABLE, UNTIL_TAGGED } from '../plan/look-again.ts'
import { type Plan, type PlanOptions, plan } from '../plan/plan.ts'
import { previewDeployments } from '../plan/previews/deployments.ts'
import { previewStatuses } from '../plan/previews/statuses.ts'
import { toldPullRequests } from '../plan/previews/told.ts'
import { proposalReports } from '../plan/proposals.ts'
import { tellLate, waitNames } from '../plan/versions/late.ts'
import type { World } from '../plan/world.ts'
import { applyAll, type Done, type Failure, PASSING } from './apply-all.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import type { Planned } from './plan-completely.ts'
import { type Reading, readAndPlan } from './read-world.ts'
import { reasonOf } from './reason-of.ts'
import { assertSameLocks } from './same-locks.ts'
import { watchesOf } from './watches.ts'

/**
 * How often a pass begins anew at once when somebody else wrote first: on the state branch, then on the manifest branch,
 * then a comment, and that is not all.
 */
const ATTEMPTS = 5

/** What one pass over one repository has come to. */
export interface PassResult {
  reading: Reading
  standings: Standing[]
  applied: Applied[]
  /** Null: an event or the next sweep is soon enough. */
  lookAgain: LookAgain | null
}

/**
 * One level-triggered pass: reads the world afresh, plans, carries the plan out and tells people. Safe to
 * repeat and to stop anywhere.
 * @throws what kept it from being finished, after everything else was done
 */
export async function pass(
  repository: RepositoryId,
  dependencies: Dependencies,
  options: PlanOptions,
): Promise<PassResult> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await passOnce(repository, dependencies, options)
    } catch (error) {
      if (errorKind(error) !== 'conflict' || attempt === ATTEMPTS) throw error
      dependencies.log.info(
        { key: repositoryKey(repository), code: reasonOf(error).code },
        'Somebody else wrote first; reading again.',
      )
    }
  }
}

async function passOnce(
  repository: RepositoryId,
  dependencies: Dependencies,
  options: PlanOptions,
): Promise<PassResult> {
  const { reading, tagged } = await tagReleases(repository, dependencies, options)
  if (reading.kind !== 'planned') {
    const broken = reading.kind === 'broken' ? brokenReport(reading.source, reading.what, reading) : []
    const actions = [...broken, ...proposed(reading.source, dependencies)]
    if (reading.kind === 'nothing' && reading.over) await forget(repository, dependencies)
    const { applied, failures } = await applyAll(actions, dependencies, repository)
    throwDecisive([...tagged.failures, ...failures])
    return { reading, standings: [], applied: [...tagged.applied, ...applied], lookAgain: null }
  }
  const { world } = reading
  const key = repositoryKey(world.source.repository)
  await dependencies.recordFeeds(key, fedBy(reading))
  // the name before a rename; passes under it would do everything twice
  if (repositoryKey(repository) !== key) await forget(repository, dependencies)
  const { plan, placed } = await rememberPlaces(reading, dependencies, options)
  const done = await applyAll(
    plan.actions.filter((action) => !isRetag(action) && !isPlacing(action)),
    dependencies,
    repository,
    (action) => assertSameLocks(action, world, dependencies),
  )
  done.applied.unshift(...tagged.applied, ...placed.applied)
  done.failures.unshift(...tagged.failures, ...placed.failures)
  const standings = done.failures.reduce(afterFailure, aftermath(plan.standings, done.applied))
  if (done.failures.some(({ error }) => PASSING.includes(errorKind(error)))) throwDecisive(done.failures)
  await tellUnheard(world, standings, dependencies)
  const waits = [...waitNames(standings), ...plan.doubts, ...unheard(world, standings).map(nameOf)]
  const since = await dependencies.waitingSince(key, waits, world.now)
  const late = tellLate(standings, world.config, since, world.now)
  const previews = toldPullRequests(world, plan, late)
  const shown = await applyAll(
    [...previewDeployments(world, previews), ...previewStatuses(world, previews)],
    dependencies,
    repository,
  )
  const told = await applyAll(
    [
      ...feedback(world, plan, late, {
        applied: shown.applied.map(({ action }) => action),
        denied: shown.denied,
      }),
      ...proposed(world.source, dependencies),
    ],
    dependencies,
    repository,
  )
  throwDecisive([...done.failures, ...shown.failures, ...told.failures])
  return {
    reading,
    standings,
    applied: [...done.applied, ...shown.applied, ...told.applied],
    lookAgain: lookAgain(plan, done),
  }
}

/** What is said on heads of pull requests of what they would make of configuration and policy. */
function proposed(source: RepositorySnapshot | null, { forges }: Dependencies): Action[] {
  if (source === null) return []
  return proposalReports(source, forgeOf(forges, source.repository).words, [...forges.keys()])
}

/**
 * Gives releases their tags before anything else, and then reads anew: a change request is planned on what the
 * registries really have. A target whose images could not be tagged gets none.
 */
async function tagReleases(
  repository: RepositoryId,
  dependencies: Dependencies,
  options: PlanOptions,
): Promise<{ reading: Reading; tagged: Done }> {
  const reading = await readAndPlan(repository, dependencies, options)
  const retags = reading.kind === 'planned' ? reading.plan.actions.filter(isRetag) : []
  const tagged = await applyAll(retags, dependencies, repository)
  if (tagged.applied.length === 0) return { reading, tagged }
  return { reading: await readAndPlan(repository, dependencies, options), tagged }
}

/**
 * Writes down where previews are before any is written: a process that ends in between leaves none of which nobody
 * would know. Where that fails, everything but new previews goes on.
 */
async function rememberPlaces(
  { world, plan: wanted }: Planned,
  dependencies: Dependencies,
  options: PlanOptions,
): Promise<{ plan: Plan; placed: Done }> {
  const actions = wanted.actions.filter(isPlacing)
  const placed = await applyAll(actions, dependencies, world.source.repository)
  return placed.failures.length === 0
    ? { plan: wanted, placed }
    : { plan: plan(world, { ...options, placesRefused: true }), placed }
}

function isPlacing({ kind }: Action): boolean {
  return kind === 'write-state'
}

/** Nothing leads there any more, so that what is remembered is of no use. */
async function forget(repository: RepositoryId, { recordFeeds, waitingSince, now }: Dependencies) {
  await recordFeeds(repositoryKey(repository), [])
  await waitingSince(repositoryKey(repository), [], now())
}

/** What stops the removal of previews where no report can say so. */
function unheard({ ended, source }: World, standings: readonly Standing[]): Standing[] {
  if (ended === null && !source.archived) return []
  return standings.filter(({ state }) => state === 'held' || state === 'refused')
}

function nameOf({ target, reason }: Standing): string {
  return `${target} ${reason.code}`
}

/** Writes it into the journal, once. */
async function tellUnheard(world: World, standings: readonly Standing[], { journal, log }: Dependencies) {
  for (const standing of unheard(world, standings)) {
    if (world.since[nameOf(standing)] !== undefined) continue
    const { target, reason } = standing
    const entry = { key: repositoryKey(world.source.repository), action: 'held', ...reason, target }
    log.warn(entry, reason.message)
    await journal(entry)
  }
}

function isRetag({ kind }: Action): boolean {
  return kind === 'retag'
}

function afterFailure(standings: Standing[], { action, error }: Failure): Standing[] {
  const targets = action.target?.split(', ') ?? []
  return standings.map((standing) =>
    targets.includes(standing.target) ? { ...standing, state: 'refused', reason: reasonOf(error) } : standing,
  )
}

/** What must be tried again decides over what waits for a person, or it would wait as well. */
function throwDecisive(failures: readonly Failure[]): void {
  for (const kind of ['conflict', 'transient', 'bug', 'permanent'] as const) {
    const found = failures.find(({ error }) => errorKind(error) === kind)
    if (found !== undefined) throw found.error
  }
}

/** A merge that the forge put off is tried again as soon as one that it has not decided on. */
function lookAgain(plan: Plan, { applied, failures }: Done): LookAgain | null {
  const again = applied.some(({ merge }) => merge?.merged === false && merge.again)
  // a release that came in between, or a registry that does not show yet what was put into it
  const untagged = plan.actions
    .filter(isRetag)
    .some(({ target }) => failures.every(({ action }) => action.target !== target))
  const first = untagged ? sooner(UNTIL_TAGGED, plan.lookAgain) : plan.lookAgain
  return again ? sooner(UNTIL_MERGEABLE, first) : first
}

/** Whatever news is about these, the repository is to be looked at. */
function fedBy({ world }: Planned): string[] {
  // also what cannot be read: its owner may let the bot in
  const keys = world.manifests.map(({ repository, snapshot }) =>
    repositoryKey(snapshot?.repository ?? repository),
  )
  const images = imagesOf(world.config).map(({ normalised }) => imageKey(normalised))
  return [...new Set([...keys, ...images, ...watchesOf(world.answers)])]
}

function imagesOf({ apps }: SourceConfig): ImageName[] {
  return apps.flatMap(({ environments, previews }) => [
    ...environments.flatMap(({ images, retag }) => (retag?.from ? [...images, retag.from] : images)),
    ...(previews?.images ?? []),
  ])
}
