import type { Oid } from '../../domain/commit.ts'
import { accountById } from './access.ts'
import { appOf } from './apps.ts'
import type { Model } from './model.ts'
import type {
  CheckAnnotation,
  CheckConclusion,
  CheckRun,
  CheckStatus,
  CheckSuite,
  CommitStatus,
  KnownActor,
  Repository,
  StatusState,
} from './types.ts'

export interface CheckRunFields {
  name?: string | undefined
  externalId?: string | undefined
  detailsUrl?: string | null | undefined
  status?: CheckStatus | undefined
  conclusion?: CheckConclusion | undefined
  startedAt?: string | undefined
  completedAt?: string | undefined
  output?:
    | {
        title?: string | null | undefined
        summary?: string | null | undefined
        text?: string | null | undefined
        annotations?: CheckAnnotation[] | undefined
      }
    | undefined
}

/** Makes a check run on a commit, in the app's suite of that commit. The actor must be an app. */
export function createCheckRun(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  headOid: Oid,
  fields: CheckRunFields & { name: string },
): CheckRun {
  const suite = ensureSuite(model, repository, actor, headOid)
  const empty: CheckRun = {
    id: model.nextId(),
    suiteId: suite.id,
    repositoryId: repository.id,
    headOid,
    appAccountId: actor.account.id,
    name: fields.name,
    externalId: '',
    detailsUrl: null,
    status: 'queued',
    conclusion: null,
    startedAt: model.now(),
    completedAt: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  }
  return store(model, repository, actor, null, merge(model, empty, fields))
}

/** Changes a check run; annotations are added to those that are there, as on GitHub. */
export function updateCheckRun(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  run: CheckRun,
  fields: CheckRunFields,
): CheckRun {
  return store(model, repository, actor, run, merge(model, run, fields))
}

/** All check runs of a commit, oldest first. `latest`: only the newest of each name and app. */
export function checkRunsOf(model: Model, repository: Repository, oid: Oid, latest = true): CheckRun[] {
  const runs = model.tables.checkRuns.by(`${repository.id}@${oid}`)
  if (!latest) return runs
  const newest = new Map(runs.map((run) => [`${run.appAccountId} ${run.name}`, run]))
  return runs.filter((run) => newest.get(`${run.appAccountId} ${run.name}`) === run)
}

export function suitesOf(model: Model, repository: Repository, oid: Oid): CheckSuite[] {
  return model.tables.checkSuites.by(`${repository.id}@${oid}`)
}

/** What a suite's runs come to: not completed while one of them is not; the worst conclusion of them. */
export function suiteState(
  model: Model,
  suite: CheckSuite,
): { status: CheckStatus; conclusion: CheckConclusion | null; count: number } {
  const runs = model.tables.checkRuns
    .by(`${suite.repositoryId}@${suite.headOid}`)
    .filter(({ suiteId }) => suiteId === suite.id)
  const done = runs.length > 0 && runs.every(({ status }) => status === 'completed')
  const worst: CheckConclusion[] = [
    'action_required',
    'timed_out',
    'cancelled',
    'failure',
    'stale',
    'neutral',
    'success',
    'skipped',
  ]
  const conclusion = worst.find((each) => runs.some((run) => run.conclusion === each)) ?? null
  const running = runs.some(({ status }) => status === 'in_progress')
  return done
    ? { status: 'completed', conclusion, count: runs.length }
    : { status: running ? 'in_progress' : 'queued', conclusion: null, count: runs.length }
}

/** Reports a context's state on a commit. */
export function createStatus(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  oid: Oid,
  fields: { state: StatusState; context: string; description: string | null; targetUrl: string | null },
): CommitStatus {
  const status: CommitStatus = {
    id: model.nextId(),
    repositoryId: repository.id,
    oid,
    ...fields,
    creatorId: actor.account.id,
    createdAt: model.now(),
  }
  model.save(['statuses', status])
  model.emit({ type: 'status', repository, sender: actor.account, status })
  return status
}

/** Every report on a commit, newest first. */
export function statusesOf(model: Model, repository: Repository, oid: Oid): CommitStatus[] {
  return model.tables.statuses.by(`${repository.id}@${oid}`).reverse()
}

/** The newest report of each context. */
export function latestStatuses(model: Model, repository: Repository, oid: Oid): CommitStatus[] {
  const seen = new Set<string>()
  return statusesOf(model, repository, oid).filter(({ context }) => !seen.has(context) && seen.add(context))
}

export type Rollup = 'SUCCESS' | 'FAILURE' | 'ERROR' | 'PENDING'

/** Statuses and check runs of a commit in one word; null when there are none. */
export function rollup(model: Model, repository: Repository, oid: Oid): Rollup | null {
  const states = [
    ...latestStatuses(model, repository, oid).map(({ state }) => state.toUpperCase() as Rollup),
    ...checkRunsOf(model, repository, oid).map(checkRunState),
  ]
  return (['ERROR', 'FAILURE', 'PENDING', 'SUCCESS'] as const).find((state) => states.includes(state)) ?? null
}

/**
 * The state of a required check: of the status or the check run with that name; null = never reported.
 * @param app id of the one that alone may report it; null = anybody
 */
export function contextState(
  model: Model,
  repository: Repository,
  oid: Oid,
  context: string,
  app: number | null,
): Rollup | null {
  const trusted = (account: number): boolean =>
    app === null || appOf(model, accountById(model, account)).id === app
  const status = latestStatuses(model, repository, oid).find((each) => each.context === context)
  if (status !== undefined && trusted(status.creatorId)) return status.state.toUpperCase() as Rollup
  const run = checkRunsOf(model, repository, oid).findLast(
    ({ name, appAccountId }) => name === context && trusted(appAccountId),
  )
  return run === undefined ? null : checkRunState(run)
}

function checkRunState({ status, conclusion }: CheckRun): Rollup {
  if (status !== 'completed') return 'PENDING'
  return conclusion !== null && ['success', 'neutral', 'skipped'].includes(conclusion) ? 'SUCCESS' : 'FAILURE'
}

function merge(model: Model, run: CheckRun, fields: CheckRunFields): CheckRun {
  const status = fields.conclusion !== undefined ? 'completed' : (fields.status ?? run.status)
  const completed = status === 'completed'
  return {
    ...run,
    name: fields.name ?? run.name,
    externalId: fields.externalId ?? run.externalId,
    detailsUrl: fields.detailsUrl ?? run.detailsUrl,
    status,
    conclusion: completed ? (fields.conclusion ?? run.conclusion) : null,
    startedAt: fields.startedAt ?? run.startedAt,
    completedAt: completed ? (fields.completedAt ?? run.completedAt ?? model.now()) : null,
    title: fields.output?.title ?? run.title,
    summary: fields.output?.summary ?? run.summary,
    text: fields.output?.text ?? run.text,
    annotations: [...run.annotations, ...(fields.output?.annotations ?? [])],
  }
}

function store(
  model: Model,
  repository: Repository,
  actor: KnownActor,
  before: CheckRun | null,
  run: CheckRun,
): CheckRun {
  const suite = model.tables.checkSuites.get(run.suiteId)
  if (suite === undefined) throw new Error('A check run has no suite.')
  const touched = { ...suite, updatedAt: model.now() }
  model.save(['checkRuns', run], ['checkSuites', touched])
  const sender = actor.account
  const emit = (action: 'created' | 'completed'): void =>
    model.emit({ type: 'check-run', action, repository, sender, run, suite: touched })
  if (before === null) emit('created')
  if (run.status === 'completed' && before?.status !== 'completed') {
    emit('completed')
    if (suiteState(model, touched).status === 'completed') {
      model.emit({ type: 'check-suite', action: 'completed', repository, sender, suite: touched })
    }
  }
  return run
}

function ensureSuite(model: Model, repository: Repository, actor: KnownActor, headOid: Oid): CheckSuite {
  const existing = suitesOf(model, repository, headOid).find(
    ({ appAccountId }) => appAccountId === actor.account.id,
  )
  if (existing !== undefined) return existing
  const seen = model.tables.seenRefs.get(repository.id)?.refs ?? {}
  const branch = Object.keys(seen).find((ref) => seen[ref] === headOid && ref.startsWith('refs/heads/'))
  const suite: CheckSuite = {
    id: model.nextId(),
    repositoryId: repository.id,
    headOid,
    headBranch: branch?.slice('refs/heads/'.length) ?? null,
    appAccountId: actor.account.id,
    createdAt: model.now(),
    updatedAt: model.now(),
  }
  model.save(['checkSuites', suite])
  return suite
}
