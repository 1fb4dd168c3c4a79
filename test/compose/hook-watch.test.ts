import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { createHookWatch } from '../../src/compose/hook-watch.ts'
import { createHookAdministration } from '../../src/forge/gitlab/hooks.ts'
import { eventually } from '../support/eventually.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'

const KEYS = ['gitlab:acme/platform/web', 'github:acme/web']

/** A watch over the sandbox's webhooks, with a clock that tests turn. */
function watchOver(gitlab: TestGitLab) {
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(line) })
  let time = Date.parse('2026-11-25T12:00:00Z')
  const watch = createHookWatch({
    forge: 'gitlab',
    administration: createHookAdministration({ id: 'gitlab', url: gitlab.url, token: BOT, log }),
    paths: ['/webhooks/gitlab'],
    log,
    now: () => new Date(time),
  })
  const later = () => {
    time += 11 * 60_000
  }
  return { watch, lines, later }
}

async function withGitLab(use: (gitlab: TestGitLab) => Promise<void>): Promise<void> {
  const gitlab = await startGitLab()
  try {
    await gitlab.project('acme/platform/web')
    await use(gitlab)
  } finally {
    await gitlab.close()
  }
}

async function hookOf(gitlab: TestGitLab, url: string): Promise<number> {
  const wish = { url, push_events: true }
  const { body } = await gitlab.rest('POST', '/projects/acme%2Fplatform%2Fweb/hooks', wish)
  return body.id
}

test('a webhook that GitLab has switched off is seen and said once, without its project where all may read it', async () => {
  await withGitLab(async (gitlab) => {
    const { watch, lines, later } = watchOver(gitlab)
    const id = await hookOf(gitlab, 'https://cargo.example.com/webhooks/gitlab')
    await hookOf(gitlab, 'https://other.example/webhooks/elsewhere')
    await watch.look(KEYS)
    assert.deepEqual(watch.health(), { forge: 'gitlab', ok: true, message: '1 webhook is switched on.' })
    const row = gitlab.model.tables.projectHooks.get(id)
    assert.ok(row)
    gitlab.model.save(['projectHooks', { ...row, failures: 40, disabled: true }])
    await watch.look(KEYS)
    assert.equal(watch.health().ok, true, 'not before the interval is over')
    later()
    await watch.look(KEYS)
    later()
    await watch.look(KEYS)
    const { ok, message } = watch.health()
    assert.deepEqual([ok, message], [false, '1 webhook is switched off by GitLab; the log says which.'])
    const said = lines.filter((line) => line.includes('switched off'))
    assert.equal(said.length, 1)
    assert.match(said[0] ?? '', /webhook of the project acme\/platform\/web; \\"supercargo gitlab setup\\"/)
  })
})

test('what failed is sent again, once', async () => {
  await withGitLab(async (gitlab) => {
    const receiver = await gitlab.receiver('other')
    await hookOf(gitlab, `${new URL(receiver.url).origin}/webhooks/gitlab`)
    receiver.answer.status = 503
    const clone = await gitlab.clone('acme/platform/web')
    await clone.commit({ 'a.txt': 'a' })
    await clone.push()
    const lost = await receiver.wait('Push Hook')
    await eventually('the failure is written down', async () => (await failures(gitlab)) === 1)
    receiver.answer.status = 200
    receiver.clear()
    const { watch, later } = watchOver(gitlab)
    await watch.look(KEYS)
    const again = await receiver.wait('Push Hook')
    assert.equal(again.headers['idempotency-key'], lost.headers['idempotency-key'])
    assert.equal(again.body, lost.body)
    receiver.clear()
    later()
    await watch.look(KEYS)
    assert.deepEqual(receiver.received, [])
  })
})

test('where the token may not see webhooks, nothing is asked twice and nothing is wrong', async () => {
  await withGitLab(async (gitlab) => {
    gitlab.sandbox.addMember('acme/platform/web', 'supercargo', 30)
    const { watch, lines } = watchOver(gitlab)
    assert.match(watch.health().message, /not been looked at yet/)
    await watch.look(KEYS)
    assert.equal(watch.health().ok, true)
    assert.match(watch.health().message, /^The token may not see whether its webhooks are switched on;/)
    assert.deepEqual(lines, [])
  })
})

async function failures(gitlab: TestGitLab): Promise<number> {
  const { body: hooks } = await gitlab.rest('GET', '/projects/acme%2Fplatform%2Fweb/hooks')
  const path = `/projects/acme%2Fplatform%2Fweb/hooks/${hooks[0].id}/events?status=server_failure`
  return (await gitlab.rest('GET', path)).body.length
}
