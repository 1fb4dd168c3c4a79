import assert from 'node:assert/strict'
import pino from 'pino'
import { createEngine } from '../../src/compose.ts'
import { feedback } from '../../src/plan/feedback.ts'
import type { Side } from '../support/across.ts'
import { botOn } from '../support/bot.ts'
import type { GitClone } from '../support/git-clone.ts'
import type { RequestView } from '../support/people.ts'
import type { RemoteSandbox } from '../support/remote-sandbox.ts'
import { TEST_TOKEN } from '../support/sandbox.ts'
import type { FleetApp } from './kill-fleet.ts'
import type { SeenRepository } from './kill-world.ts'
import { isAtRest } from './race-scene.ts'

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
  for (const { branch, head, title, state } of pulls) {
    if (state === 'open') open[branch] = `${title}\n${await clone.git('diff', `${main}...${head}`)}`
  }
  const others = Object.keys(branches).filter((branch) => branch !== 'main' && !(branch in open))
  for (const branch of others) open[branch] = 'a branch without a change request'
  return { main: await clone.git('ls-tree', '-r', main), open }
}

/**
 * What a single quiet pass over every application makes of the same sources: in a copy of the forge from
 * before the storm, which is given what the applications have come to.
 * @param quiet the copy, which is stopped then
 */
export async function quietResults(
  quiet: Side,
  apps: readonly FleetApp[],
  sources: ReadonlyMap<string, SeenRepository>,
): Promise<Map<string, Result>> {
  const bot = botOn(quiet.forge)
  try {
    quiet.silence()
    for (const app of apps) {
      const source = sources.get(app.path)
      assert.ok(source)
      const url = new URL(`${quiet.origin}/sandbox/${quiet.id}/${app.path}.git`)
      url.username = 'you'
      url.password = TEST_TOKEN
      await source.clone.push('--force', url.href, 'refs/heads/*:refs/heads/*', 'refs/tags/*:refs/tags/*')
      for (const pull of source.pulls) await openAgain(app, pull, source, url.href, quiet)
    }
    for (const app of apps) while (!isAtRest(await bot.pass(app.path)));
    const results = new Map<string, Result>()
    for (const path of new Set(apps.map(({ manifests }) => manifests))) {
      const clone = await quiet.clone(path)
      await clone.git('fetch', '--quiet', 'origin', '+refs/heads/*:refs/remotes/origin/*')
      results.set(path, await quietResult(clone, await quiet.requests(path)))
    }
    return results
  } finally {
    await quiet.stop()
  }
}

async function quietResult(clone: GitClone, pulls: RequestView[]): Promise<Result> {
  const refs = await clone.git(
    'for-each-ref',
    '--format=%(refname:lstrip=3) %(objectname)',
    'refs/remotes/origin',
  )
  const branches = Object.fromEntries(refs.split('\n').map((line) => line.split(' ') as [string, string]))
  delete branches.HEAD
  return await resultOf({ clone, branches, tags: [], pulls, bot: '' })
}

/** Numbers are given in order: those that are closed must have been there too. */
async function openAgain(
  app: FleetApp,
  { number, state, title, branch: name }: RequestView,
  { clone }: SeenRepository,
  url: string,
  quiet: Side,
): Promise<void> {
  const branch = state === 'open' ? name : `was/${number}`
  if (state !== 'open') {
    const base = await clone.git('rev-parse', 'main')
    const commit = await clone.git('commit-tree', '-m', 'Gone', '-p', base, `${base}^{tree}`)
    await clone.push(url, `${commit}:refs/heads/${branch}`)
  }
  assert.equal(await quiet.open(app.path, branch, title), number)
  if (state !== 'open') await clone.push(url, `:refs/heads/${branch}`)
}

/** What another pass would still do for each application; [] when all is done. */
export async function stillToDo(forge: RemoteSandbox, apps: readonly FleetApp[]): Promise<string[]> {
  const engine = createEngine([forge.bot], pino({ level: 'silent' }))
  const found: string[] = []
  for (const { path } of apps) {
    const reading = await engine.plan({ forge: forge.id, path })
    assert.equal(reading.kind, 'planned')
    if (reading.kind !== 'planned') continue
    const { world, plan } = reading
    for (const action of [...plan.actions, ...feedback(world, plan, plan.standings)]) {
      found.push(`${path}: ${action.kind}: ${action.reason.message}`)
    }
  }
  return found
}
