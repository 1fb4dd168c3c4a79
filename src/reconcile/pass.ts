import type { SourceConfig } from '../config/model.ts'
import { type ErrorKind, errorKind } from '../domain/errors.ts'
import { type ImageName, imageKey } from '../domain/image.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { Action, Standing } from '../plan/action.ts'
import { type Applied, aftermath } from '../plan/aftermath.ts'
import { brokenReport, feedback } from '../plan/feedback.ts'
import { tellLate, waitNames } from '../plan/late.ts'
import { type LookAgain, sooner, UNTIL_MERGEABLE, UNTIL_TAGGED } from '../plan/look-again.ts'
import type { PlanOptions } from '../plan/plan.ts'
import { apply } from './apply.ts'
import type { Dependencies } from './dependencies.ts'
import { type Reading, readAndPlan } from './read-world.ts'
import { reasonOf } from './reason-of.ts'
import { watchesOf } from './watches.ts'

/** Kinds of errors that the next pass may not meet again. */
const PASSING: readonly ErrorKind[] = ['conflict', 'transient']

/** How often a pass begins anew at once when somebody else wrote first. */
const ATTEMPTS = 3

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
    const actions = reading.kind === 'broken' ? brokenReport(reading.source, reading.what, reading) : []
    const { applied, failures } = await applyAll(actions, dependencies, repository)
    throwDecisive([...tagged.failures, ...failures])
    return { reading, standings: [], applied: [...tagged.applied, ...applied], lookAgain: null }
  }
  const { world, plan } = reading
  const key = repositoryKey(world.source.repository)
  await dependencies.recordFeeds(key, fedBy(reading))
  // the name before a rename; passes under it would do everything twice
  if (repositoryKey(repository) !== key) {
    await dependencies.recordFeeds(repositoryKey(repository), [])
    await dependencies.waitingSince(repositoryKey(repository), [], world.now)
  }
  const done = await applyAll(
    plan.actions.filter((action) => !isRetag(action)),
    dependencies,
    repository,
  )
  done.applied.unshift(...tagged.applied)
  done.failures.unshift(...tagged.failures)
  const standings = done.failures.reduce(afterFailure, aftermath(plan.standings, done.applied))
  if (done.failures.some(({ error }) => PASSING.includes(errorKind(error)))) throwDecisive(done.failures)
  const since = await dependencies.waitingSince(key, waitNames(standings), world.now)
  const told = await applyAll(
    feedback(world, plan, tellLate(standings, world.config, since, world.now)),
    dependencies,
    repository,
  )
  throwDecisive([...done.failures, ...told.failures])
  return {
    reading,
    standings,
    applied: [...done.applied, ...told.applied],
    lookAgain: lookAgain(reading, done),
  }
}

interface Done {
  applied: Applied[]
  failures: Failure[]
}

interface Failure {
  action: Action
  error: unknown
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

function isRetag({ kind }: Action): boolean {
  return kind === 'retag'
}

/** An action that fails keeps nothing from the others. */
async function applyAll(
  actions: readonly Action[],
  dependencies: Dependencies,
  repository: RepositoryId,
): Promise<Done> {
  const applied: Applied[] = []
  const failures: Failure[] = []
  for (const action of actions) {
    try {
      const result = await apply(action, dependencies)
      applied.push(result)
      await writeDown(result, dependencies, repository)
    } catch (error) {
      if (isOptional(action, error)) {
        dependencies.log.warn({ code: reasonOf(error).code }, reasonOf(error).message)
        continue
      }
      failures.push({ action, error })
      if (!PASSING.includes(errorKind(error))) await writeFailure(action, error, dependencies, repository)
    }
  }
  return { applied, failures }
}

/** Where the bot may not write reports, it works without them. */
function isOptional(action: Action, error: unknown): boolean {
  return action.kind === 'report' && reasonOf(error).code === 'report-not-allowed'
}

async function writeDown(
  { action, opened, merge }: Applied,
  { journal, log }: Dependencies,
  repository: RepositoryId,
) {
  const refused = merge !== null && !merge.merged
  const entry = {
    key: repositoryKey(repository),
    action: refused ? 'merge-refused' : action.kind,
    code: action.reason.code,
    message: refused ? merge.reason : action.reason.message,
    ...(action.target === null ? {} : { target: action.target }),
    ...(opened === null ? {} : { url: opened.url }),
  }
  log.info(entry, `${entry.action}: ${entry.message}`)
  await journal(entry)
}

/** What the next pass will not mend by itself is written down; it is not told otherwise where nobody reads reports. */
async function writeFailure(
  { kind, target }: Action,
  error: unknown,
  { journal }: Dependencies,
  repository: RepositoryId,
): Promise<void> {
  const { code, message } = reasonOf(error)
  const key = repositoryKey(repository)
  const about = target === null ? {} : { target }
  await journal({ key, action: 'failed', code, message: `${capital(kind)} failed: ${message}`, ...about })
}

function capital(kind: Action['kind']): string {
  return `${kind.charAt(0).toUpperCase()}${kind.slice(1).replaceAll('-', ' ')}`
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
function lookAgain(
  { plan }: Extract<Reading, { kind: 'planned' }>,
  { applied, failures }: Done,
): LookAgain | null {
  const again = applied.some(({ merge }) => merge?.merged === false && merge.again)
  // a release that came in between, or a registry that does not show yet what was put into it
  const untagged = plan.actions
    .filter(isRetag)
    .some(({ target }) => failures.every(({ action }) => action.target !== target))
  const first = untagged ? sooner(UNTIL_TAGGED, plan.lookAgain) : plan.lookAgain
  return again ? sooner(UNTIL_MERGEABLE, first) : first
}

/** Whatever news is about these, the repository is to be looked at. */
function fedBy({ world }: Extract<Reading, { kind: 'planned' }>): string[] {
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
