import type { Oid } from '../../domain/commit.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { BranchChecks, Check } from '../checks.ts'
import { statusOf } from '../shared/answer.ts'
import { oneOfEachName, worst } from '../shared/checks.ts'
import { type CheckReport, readReports } from './check-reports.ts'
import type { Session } from './client.ts'
import type { Memory } from './memory.ts'
import { REPORT_NAME } from './report.ts'
import { type RequiredCheck, readRequiredChecks } from './required-checks.ts'

/** What is reported on commits, by those whom the branch's protection trusts with it. */
export async function readChecks(
  session: Session,
  repository: RepositoryId,
  branch: string,
  commits: readonly Oid[],
  memory: Memory,
): Promise<BranchChecks> {
  const [required, { viewer, reports }] = await Promise.all([
    readRequiredChecks(session, repository, branch),
    readReports(session, commits),
  ])
  const trusted = appsByName(required)
  const foreign = [...reports].map(([oid, all]): [Oid, CheckReport[]] => [
    oid,
    all.filter((report) => !isOwn(report, viewer)),
  ])
  await nameApps(
    session,
    foreign.flatMap(([, all]) => all.filter(({ name }) => trusted.has(name))),
    memory,
  )
  return {
    // that the bot has reported is no reason for it to wait
    required: [...new Set(required.map(({ name }) => name))].filter((name) => name !== REPORT_NAME),
    commits: Object.fromEntries(foreign.map(([oid, all]) => [oid, checksOf(all, trusted)])),
  }
}

/** The bot's own check runs: by their app and their names. Others may use the name, and a workflow's app has other runs. */
function isOwn({ kind, name, source }: CheckReport, viewer: string): boolean {
  return (
    kind === 'run' &&
    (name === REPORT_NAME || name.startsWith(`${REPORT_NAME}/`)) &&
    `${source}[bot]` === viewer
  )
}

/** The apps that must report a check, for those that not anybody may report. */
function appsByName(required: readonly RequiredCheck[]): Map<string, number[]> {
  const apps = new Map<string, number[]>()
  for (const { name, app } of required) {
    if (app !== null) apps.set(name, [...new Set([...(apps.get(name) ?? []), app])])
  }
  return apps
}

function checksOf(reports: readonly CheckReport[], trusted: Map<string, number[]>): Check[] {
  const checks = reports.flatMap(({ name, state, url, app }): Check[] => {
    const apps = trusted.get(name)
    if (apps !== undefined && (app === null || !apps.includes(app))) return []
    // of two apps that must report it one has not done so yet
    const missing = apps?.some((each) => !reports.some((other) => other.name === name && other.app === each))
    return [{ name, state: missing === true ? worst([state, 'pending']) : state, url }]
  })
  return oneOfEachName(checks)
}

/** A status tells the login of the app's bot only; the app's id is asked for, once. Others than apps have none. */
async function nameApps(session: Session, reports: CheckReport[], memory: Memory): Promise<void> {
  const byBots = reports.filter(
    ({ kind, source }) => kind === 'status' && source !== null && !source.startsWith('@'),
  )
  for (const report of byBots) report.app = await appId(session, report.source ?? '', memory)
}

/**
 * Null for an app that the bot may not see: what it reports counts as anybody's.
 * https://docs.github.com/en/rest/apps/apps#get-an-app
 */
async function appId({ read }: Session, slug: string, memory: Memory): Promise<number | null> {
  const known = memory.apps.get(slug)
  if (known !== undefined) return known
  try {
    const { data } = await read((request) => request('GET /apps/{app_slug}', { app_slug: slug }))
    const id = data?.id ?? null
    if (id !== null) memory.apps.set(slug, id)
    return id
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 403) return null
    throw error
  }
}
