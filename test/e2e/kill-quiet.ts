import assert from 'node:assert/strict'
import pino from 'pino'
import { createEngine, type Engine, forgeOfGitHub } from '../../src/compose.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { startBot } from '../support/bot.ts'
import type { GitClone } from '../support/git-clone.ts'
import type { RemoteSandbox } from '../support/remote-sandbox.ts'
import { startSandbox, TEST_APP } from '../support/sandbox.ts'
import type { FleetApp } from './kill-fleet.ts'
import type { SeenPull, SeenRepository } from './kill-world.ts'

/** What a manifest repository has come to: its files, and what waits for people. */
export interface Result {
  main: string
  /** Title and diff of every open change request by its branch. */
  open: Record<string, string>
}

/** `git ls-tree` has the object id of every file. */
export async function resultOf({ clone, branches, pulls }: SeenRepository): Promise<Result> {
  const main = branches.main ?? ''
  const open: Record<string, string> = {}
  for (const { head, title, state } of pulls) {
    if (state === 'open') open[head.ref] = `${title}\n${await clone.git('diff', `${main}...${head.sha}`)}`
  }
  const others = Object.keys(branches).filter((branch) => branch !== 'main' && !(branch in open))
  for (const branch of others) open[branch] = 'a branch without a change request'
  return { main: await clone.git('ls-tree', '-r', main), open }
}

/**
 * What a single quiet pass over every application makes of the same sources: in a copy of the forge from
 * before the storm, which is given what the applications have come to.
 * @param seeded the copy's directory
 */
export async function quietResults(
  seeded: string,
  apps: readonly FleetApp[],
  sources: ReadonlyMap<string, SeenRepository>,
): Promise<Map<string, Result>> {
  const quiet = await startSandbox({ dataDir: seeded })
  const bot = startBot(quiet)
  const rest = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await quiet.rest(method, path, body)
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`)
    return answer.body as T
  }
  try {
    quiet.sandbox.setWebhook(null)
    for (const app of apps) {
      const source = sources.get(app.path)
      assert.ok(source)
      const url = new URL(`${quiet.url}/sandbox/github/${app.path}.git`)
      url.username = 'you'
      url.password = 'sandbox-person-token'
      await source.clone.push('--force', url.href, 'refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*')
      for (const pull of source.pulls) await openAgain(app, pull, source, url.href, rest)
    }
    for (const app of apps) while ((await bot.pass(app.path)).applied.length > 0);
    const results = new Map<string, Result>()
    for (const path of new Set(apps.map(({ manifests }) => manifests))) {
      const clone = await quiet.clone(path)
      await clone.git('fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*')
      results.set(path, await quietResult(clone, await rest<SeenPull[]>('GET', `/repos/${path}/pulls`)))
    }
    return results
  } finally {
    await quiet.close()
  }
}

async function quietResult(clone: GitClone, pulls: SeenPull[]): Promise<Result> {
  const refs = await clone.git(
    'for-each-ref',
    '--format=%(refname:lstrip=3) %(objectname)',
    'refs/remotes/origin',
  )
  const branches = Object.fromEntries(refs.split('\n').map((line) => line.split(' ') as [string, string]))
  delete branches.HEAD
  return await resultOf({ clone, branches, tags: [], pulls })
}

/** Numbers are given in order: those that are closed must have been there too. */
async function openAgain(
  app: FleetApp,
  { number, state, title, head }: SeenPull,
  { clone }: SeenRepository,
  url: string,
  rest: <T>(method: string, path: string, body?: unknown) => Promise<T>,
): Promise<void> {
  const pulls = `/repos/${app.path}/pulls`
  const branch = state === 'open' ? head.ref : `was/${number}`
  if (state === 'closed') {
    const base = await clone.git('rev-parse', 'main')
    const commit = await clone.git('commit-tree', '-m', 'Gone', '-p', base, `${base}^{tree}`)
    await clone.push(url, `${commit}:refs/heads/${branch}`)
  }
  const opened = await rest<{ number: number }>('POST', pulls, { title, head: branch, base: 'main' })
  assert.equal(opened.number, number)
  if (state === 'closed') await clone.push(url, `:refs/heads/${branch}`)
}

/** What another pass would still do for each application; [] when all is done. */
export async function stillToDo(forge: RemoteSandbox, apps: readonly FleetApp[]): Promise<string[]> {
  const engine = engineOn(forge)
  const found: string[] = []
  for (const { path } of apps) {
    const reading = await engine.plan({ forge: 'github', path })
    assert.equal(reading.kind, 'planned')
    if (reading.kind !== 'planned') continue
    const { world, plan } = reading
    for (const action of [...plan.actions, ...feedback(world, plan, plan.standings)]) {
      found.push(`${path}: ${action.kind}: ${action.reason.message}`)
    }
  }
  return found
}

function engineOn({ api }: RemoteSandbox): Engine {
  const { id: appId, privateKey } = TEST_APP
  const log = pino({ level: 'silent' })
  return createEngine([forgeOfGitHub(api, { appId, privateKey }, log)], log)
}
