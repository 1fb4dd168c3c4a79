import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { githubMeaning } from '../../src/intake/github.ts'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { setMember } from '../../src/sandbox/gitlab/state/groups.ts'
import type { Delivery, Store } from '../../src/store/store.ts'
import { embeddedMode } from '../store/worlds.ts'
import { type CommentHook, commentOf, deliveryOf } from '../support/comment-hooks.ts'
import { eventually } from '../support/eventually.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import { acrossForges, SOURCE, type Stage } from '../support/stage.ts'

const PAIRS = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const

const mode = embeddedMode()
after(() => mode.close())

/** The bot with its store and queue, to which the comments' webhooks come. */
async function withBot(s: Stage, play: (bot: Bot) => Promise<void>): Promise<void> {
  const { source } = s
  const world = await mode.world()
  const store = await world.open()
  if (source.id === 'gitlab') setMember(source.inside.model, s.web, 'you', 50)
  const hooks = (await source.listen('acme')) as CommentHook[]
  const passes: string[] = []
  const handlers = createHandlers({
    ...s.bot.dependencies,
    ...NO_SWEEP,
    store,
    meaning: source.id === 'github' ? githubMeaning : gitlabMeaning,
  })
  const reconcile: typeof handlers.reconcile = async (key, context) => {
    if (key.startsWith('commands ')) return await handlers.reconcile(key, context)
    passes.push(key)
    return { kind: 'done' }
  }
  await store.work({ ...handlers, reconcile, sweep: async () => [] }, { concurrency: 2, sweepSeconds: 3600 })
  const { number } = await s.propose('feature/login')
  let sent = 0
  const send = async (delivery: Delivery) => {
    if ((await store.acceptDelivery(delivery)) === 'accepted') sent++
  }
  const settle = async () => {
    await eventually('all was understood', async () => {
      const rows = await store.listDeliveries(100)
      return rows.length === sent && rows.every(({ outcome }) => outcome !== null)
    })
    await eventually(
      'all was carried out',
      async () => (await store.openIntents(`${source.id}:${SOURCE}`, number)).length === 0,
    )
  }
  const bot: Bot = {
    store,
    number,
    passes,
    send,
    settle,
    async say(text) {
      const comment = await source.say(SOURCE, number, text)
      const hook = await eventually('the webhook came', () =>
        hooks.find((each) => commentOf(each) === comment),
      )
      const delivery = deliveryOf(source.id, hook)
      await send(delivery)
      await settle()
      return { comment, delivery, reactions: await source.reactions(SOURCE, number, comment) }
    },
  }
  try {
    await play(bot)
  } finally {
    await store.close()
    await world.remove()
  }
}

interface Bot {
  store: Store
  number: number
  /** Keys of repositories that were looked at. */
  passes: string[]
  send(delivery: Delivery): Promise<void>
  settle(): Promise<void>
  /** Writes a comment, and waits until the bot has done with it. */
  say(text: string): Promise<{ comment: number; delivery: Delivery; reactions: string[] }>
}

acrossForges((stage, { source }) => {
  test('requirement 27: a comment leads to its answer through inbox, intent and queue, and the journal says so', async () => {
    await stage((s) =>
      withBot(s, async ({ say, store, number, passes }) => {
        const key = `${source}:${SOURCE}`
        const { comment, reactions } = await say(
          'Please look:\r\n\r\n/cargo status\r\n/cargo retry -- it was down',
        )
        assert.deepEqual(reactions, ['eyes', 'rocket'])
        const [answer, ...others] = await s.source.comments(SOURCE, number)
        assert.deepEqual(others, [])
        assert.match(answer ?? '', /\| web\/staging \| current \|/)
        const [entry, ...rest] = await store.readJournal({ limit: 10 })
        assert.deepEqual(rest, [])
        assert.deepEqual([entry?.key, entry?.action, entry?.code], [key, 'command', 'carried-out'])
        const said = `^you in comment ${comment} \\([0-9a-f]{12}\\): /cargo status: .* /cargo retry -- it was down: `
        assert.match(entry?.message ?? '', new RegExp(said))
        await eventually('it looked again', () => passes.includes(key))
      }),
    )
  })

  test('a webhook that comes again, and one more about the same comment, lead to nothing more', async () => {
    await stage((s) =>
      withBot(s, async ({ say, send, settle, store, number }) => {
        const { delivery, comment } = await say('/cargo status')
        const before = await s.source.comments(SOURCE, number)
        await send(delivery)
        await send({ ...delivery, id: 'another' })
        await settle()
        assert.deepEqual(await s.source.comments(SOURCE, number), before)
        assert.deepEqual(await s.source.reactions(SOURCE, number, comment), ['eyes', 'rocket'])
        assert.equal((await store.readJournal({ limit: 10 })).length, 1)
      }),
    )
  })

  test('words for other bots, and talk, leave no trace', async () => {
    await stage((s) =>
      withBot(s, async ({ say, store, number }) => {
        for (const text of ['/lgtm', '/statsu', 'Try `/cargo status`.', '> /cargo status'])
          assert.deepEqual((await say(text)).reactions, [])
        assert.deepEqual(await s.source.comments(SOURCE, number), [])
        assert.deepEqual(await store.readJournal({ limit: 10 }), [])
      }),
    )
  })

  test('the next answer takes the place of the one before', async () => {
    await stage((s) =>
      withBot(s, async ({ say, number }) => {
        assert.deepEqual((await say('/cargo statsu')).reactions, ['eyes', 'confused'])
        const [first] = await s.source.comments(SOURCE, number)
        assert.match(first ?? '', /Did you mean "\/cargo status"\?/)
        assert.deepEqual((await say('/cargo help')).reactions, ['eyes', 'rocket'])
        const [second, ...others] = await s.source.comments(SOURCE, number)
        assert.deepEqual(others, [])
        assert.match(second ?? '', /\| `\/cargo retry \[-- reason\]` \|/)
      }),
    )
  })
}, PAIRS)
