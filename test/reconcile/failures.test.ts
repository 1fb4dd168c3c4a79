import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ErrorKind, SupercargoError } from '../../src/domain/errors.ts'
import { CONFIG } from '../support/acme.ts'
import { startBot, type TestBot } from '../support/bot.ts'
import { interpose } from '../support/interpose.ts'
import { type Scene, scene } from '../support/scene.ts'

/** A bot whose calls of openChangeRequest fail, one after the other, in these ways. */
function failing(s: Scene, ...kinds: ErrorKind[]): TestBot {
  const rest = [...kinds]
  return startBot(s.forge, (forge) =>
    interpose(forge, async ({ when, call }) => {
      if (when !== 'before' || call !== 'openChangeRequest') return
      const kind = rest.shift()
      if (kind === undefined) return
      throw new SupercargoError(`It failed (${kind}).`, { code: `failed-${kind}`, kind })
    }),
  )
}

async function pushAndTag(s: Scene): Promise<string> {
  const head = await s.push()
  await s.clone.git('tag', 'v1.0.0')
  await s.clone.git('push', '--quiet', 'origin', 'v1.0.0')
  return head
}

async function report(s: Scene, head: string): Promise<{ conclusion: string; output: { summary: string } }> {
  const { body } = await s.forge.rest('GET', `/repos/acme/web/commits/${head}/check-runs`)
  return body.check_runs[0]
}

test('a failure that will pass is tried again, although another target waits for a person', async () => {
  await scene(async (s) => {
    await pushAndTag(s)
    await assert.rejects(failing(s, 'permanent', 'transient').pass('acme/web'), { code: 'failed-transient' })
  })
})

for (const kind of ['permanent', 'bug'] as const) {
  test(`a failure that will not pass (${kind}) is in the report and the journal, and the rest is done`, async () => {
    await scene(async (s) => {
      const head = await pushAndTag(s)
      const bot = failing(s, kind)
      await assert.rejects(bot.pass('acme/web'), { code: `failed-${kind}` })
      assert.equal((await s.changeRequests()).length, 1)
      const { conclusion, output } = await report(s, head)
      assert.equal(conclusion, 'failure')
      assert.match(output.summary, /It failed/)
      assert.deepEqual(
        bot.journal.filter(({ action }) => action === 'failed').map(({ target, code }) => [target, code]),
        [['web/staging', `failed-${kind}`]],
      )
    })
  })
}

test('manifests that cannot be read are remembered, so that the pass is repeated once they can', async () => {
  await scene(
    async (s) => {
      const fed: [string, readonly string[]][] = []
      s.bot.dependencies.recordFeeds = async (source, manifests) => void fed.push([source, manifests])
      await s.bot.pass('acme/web')
      assert.deepEqual(fed, [['github:acme/web', ['github:acme/hidden', 'image:ghcr.io/acme/web']]])
    },
    { config: CONFIG.replace('acme/k8s-manifests', 'acme/hidden') },
  )
})
