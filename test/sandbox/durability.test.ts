import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ZERO_OID } from '../../src/domain/commit.ts'
import { createSandbox } from '../../src/sandbox/index.ts'
import { findRepository } from '../../src/sandbox/model/access.ts'
import { findPull, openPull, pullsOf } from '../../src/sandbox/model/pulls.ts'
import { changeRefs } from '../../src/sandbox/model/refs.ts'
import { eventually } from '../support/eventually.ts'
import { commitFiles, fsck, headOf, startSandbox, TEST_APP } from '../support/sandbox.ts'
import { startReceiver } from '../support/webhook-receiver.ts'

const SCRIPT = fileURLToPath(new URL('./sandbox-process.ts', import.meta.url))
const SECRET = 'a secret of the tests, long enough for all'
/** How often the process is killed. */
const KILLS = 6

test('kill -9 at any moment loses nothing that was acknowledged, and half of nothing stays', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'supercargo-killed-'))
  const hooks = await startReceiver(SECRET)
  const acknowledged = { refs: new Map<string, string>(), pulls: new Map<string, number>() }
  for (let round = 0; round < KILLS; round++) {
    const { child, url } = await startProcess(dataDir, hooks.url)
    const storm = Promise.all([0, 1, 2].map((lane) => write(url, `r${round}-${lane}`, acknowledged)))
    const wanted = acknowledged.pulls.size + 3
    await eventually('three more pull requests', () => acknowledged.pulls.size >= wanted, 60_000)
    await new Promise((resolve) => setTimeout(resolve, 7 * round))
    await kill(child)
    await storm
  }
  const sandbox = await createSandbox({
    dataDir,
    token: 'x',
    app: { id: 1, slug: 'supercargo', key: null },
    webhook: { url: hooks.url, secret: SECRET },
  })
  const repository = findRepository(sandbox.model, 'acme', 'web')
  assert.ok(repository)
  for (const [branch, oid] of acknowledged.refs) {
    assert.equal(await headOf(sandbox, repository, branch), oid, branch)
  }
  const pulls = pullsOf(sandbox.model, repository)
  for (const [branch, number] of acknowledged.pulls) {
    assert.equal(findPull(sandbox.model, repository, number)?.headBranch, branch)
  }
  assert.equal(new Set(pulls.map(({ number }) => number)).size, pulls.length, 'no number is given twice')
  for (const pull of pulls.filter(({ state }) => state === 'open')) {
    assert.equal(pull.headOid, await headOf(sandbox, repository, pull.headBranch), pull.headBranch)
  }
  assert.equal(await fsck(sandbox, repository), '')
  sandbox.close()
  await hooks.close()
  await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
})

test('what git holds and the rows do not is worked out at the next start', async () => {
  const world = await startSandbox()
  const repository = await world.repository('acme/behind')
  const base = (await headOf(world, repository, 'main')) ?? ''
  const { model, you } = world
  await changeRefs(model, repository, you, [{ ref: 'refs/heads/feature', before: ZERO_OID, after: base }])
  await commitFiles(world, repository, 'feature', { f: '1' })
  await openPull(model, repository, you, { title: 'x', body: null, head: 'feature', base: 'main' })
  const other = await commitFiles(world, repository, 'main', { m: '1' })
  world.sandbox.close()
  await model.git(repository).run(['update-ref', 'refs/heads/moved', other])
  await model.git(repository).run(['update-ref', '-d', 'refs/heads/feature'])

  const { dataDir, hooks } = world
  hooks.clear()
  const webhook = { url: hooks.url, secret: TEST_APP.webhookSecret }
  const app = { id: 1, slug: 'supercargo', key: null }
  const again = await createSandbox({ dataDir, token: 'x', app, webhook })
  assert.equal(findPull(again.model, repository, 1)?.state, 'closed')
  await hooks.wait('create', ({ ref }) => ref === 'moved')
  await hooks.wait('delete', ({ ref }) => ref === 'feature')
  await hooks.wait('pull_request', ({ action }) => action === 'closed')
  again.close()
  await world.close()
})

test('a line that was cut off by a crash is as if it had never been written', async () => {
  const world = await startSandbox()
  const repository = await world.repository('acme/cut')
  const { model, you } = world
  const base = (await headOf(world, repository, 'main')) ?? ''
  await changeRefs(model, repository, you, [{ ref: 'refs/heads/feature', before: ZERO_OID, after: base }])
  await commitFiles(world, repository, 'feature', { f: '1' })
  await openPull(model, repository, you, { title: 'kept', body: null, head: 'feature', base: 'main' })
  world.sandbox.close()
  const journal = join(world.dataDir, 'sandbox', 'state.jsonl')
  await appendFile(journal, '[["pulls",1,null],["pulls",2,{"id":2,"title":"ha')
  const again = await startSandbox({ dataDir: world.dataDir })
  assert.equal(findPull(again.model, repository, 1)?.title, 'kept')
  await commitFiles(again, repository, 'feature', { f: '2' })
  await again.close()
  const third = await startSandbox({ dataDir: world.dataDir })
  assert.equal(findPull(third.model, repository, 1)?.title, 'kept')
  await third.close()
  await world.close()
})

/** Opens branches and pull requests and moves them on, until the server is gone. */
async function write(
  url: string,
  name: string,
  acknowledged: { refs: Map<string, string>; pulls: Map<string, number> },
): Promise<void> {
  const call = async (method: string, path: string, body: unknown): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/sandbox/github/api/v3/repos/acme/web${path}`, {
      method,
      headers: { authorization: 'Bearer sandbox-person-token' },
      body: JSON.stringify(body),
    })
    const json = (await response.json()) as Record<string, unknown>
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`)
    return json
  }
  try {
    const content = (text: string) => ({ message: text, content: Buffer.from(text).toString('base64') })
    if (name.endsWith('-0')) await call('PUT', '/contents/README.md', content('first')).catch(() => {})
    for (let i = 0; ; i++) {
      const branch = `${name}-${i}`
      const main = await fetch(`${url}/sandbox/github/api/v3/repos/acme/web/git/ref/heads/main`)
      if (main.status !== 200) continue
      const { object } = (await main.json()) as { object: { sha: string } }
      await call('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: object.sha })
      const made = await call('PUT', `/contents/${branch}.txt`, { ...content(branch), branch })
      acknowledged.refs.set(branch, String((made.commit as { sha: string }).sha))
      const pull = await call('POST', '/pulls', { title: branch, head: branch, base: 'main' })
      acknowledged.pulls.set(branch, Number(pull.number))
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
}

async function startProcess(dataDir: string, hookUrl: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, dataDir, hookUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()))
    child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}.`)))
  })
  return { child, url }
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}
