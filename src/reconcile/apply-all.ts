import { type ErrorKind, errorKind } from '../domain/errors.ts'
import { type RepositoryId, repositoryKey } from '../domain/repository.ts'
import type { Action } from '../plan/action.ts'
import type { Applied } from '../plan/aftermath.ts'
import { apply } from './apply.ts'
import type { Dependencies } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

/** Kinds of errors that the next pass may not meet again. */
export const PASSING: readonly ErrorKind[] = ['conflict', 'transient']

/** What became of some actions; each is in one of these. */
export interface Done {
  applied: Applied[]
  /** What the bot may not do, and works without. */
  denied: Action[]
  failures: Failure[]
}

export interface Failure {
  action: Action
  error: unknown
}

/**
 * An action that fails keeps nothing from the others.
 * @param before looks once more right before each; where it throws, that one is not done
 */
export async function applyAll(
  actions: readonly Action[],
  dependencies: Dependencies,
  repository: RepositoryId,
  before: (action: Action) => Promise<void> = async () => {},
): Promise<Done> {
  const applied: Applied[] = []
  const denied: Action[] = []
  const failures: Failure[] = []
  for (const action of actions) {
    if (isDeployment(action) && denied.some(isDeployment)) {
      denied.push(action)
      continue
    }
    try {
      await before(action)
      const result = await apply(action, dependencies)
      applied.push(result)
      await writeDown(result, dependencies, repository)
    } catch (error) {
      if (isOptional(action, error)) {
        dependencies.log.warn({ code: reasonOf(error).code }, reasonOf(error).message)
        denied.push(action)
        continue
      }
      failures.push({ action, error })
      if (!PASSING.includes(errorKind(error))) await writeFailure(action, error, dependencies, repository)
    }
  }
  return { applied, denied, failures }
}

/**
 * Where the bot may not write reports, statuses or deployments, it works without them. The head of a pull request may be
 * gone by now, or in a fork of which the forge takes no report.
 */
function isOptional(action: Action, error: unknown): boolean {
  if (action.kind === 'report' && action.wish.branch === undefined)
    return reasonOf(error).code === 'report-not-allowed'
  const optional = isDeployment(action) || action.kind === 'status' || action.kind === 'report'
  return optional && errorKind(error) === 'permanent'
}

function isDeployment({ kind }: Action): boolean {
  return kind === 'show-deployment' || kind === 'end-deployment'
}

async function writeDown(
  { action, opened, merge, notAsked = [] }: Applied,
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
  for (const { who, why } of notAsked) {
    const { key, target } = { target: undefined, ...entry }
    const message = `${who} could not be asked for a review. ${why}`
    await journal({
      key,
      action: 'not-asked',
      code: 'reviewer-not-asked',
      message,
      ...(target && { target }),
    })
  }
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
