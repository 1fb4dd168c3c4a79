import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { commentsOf, createComment, editComment } from '../../src/sandbox/model/discussion.ts'
import { updateRepository } from '../../src/sandbox/model/repositories.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { commitFiles, headOf, startSandbox, type TestSandbox } from '../support/sandbox.ts'

let world: TestSandbox
let repository: Repository
let page: string
before(async () => {
  world = await startSandbox()
  repository = await world.repository('acme/web')
  page = `${world.url}/sandbox/github/acme/web/pull/1`
  const sha = await headOf(world, repository, 'main')
  await world.rest('POST', '/repos/acme/web/git/refs', { ref: 'refs/heads/feature', sha })
  await commitFiles(world, repository, 'feature', { 'x.txt': 'x\n' })
  await world.rest('POST', '/repos/acme/web/pulls', { title: 'X', head: 'feature', base: 'main' })
  await world.sandbox.deliveries.idle()
  world.hooks.clear()
})
after(() => world.close())

const said = () => commentsOf(world.model, repository, 1)

async function post(text: string): Promise<Response> {
  const [, csrf = ''] = /name="csrf" value="([^"]+)"/.exec(await (await fetch(page)).text()) ?? []
  const headers = { origin: new URL(page).origin }
  const body = new URLSearchParams({ csrf, body: text })
  return await fetch(`${page}/comment`, { method: 'POST', body, headers, redirect: 'manual' })
}

test('a comment of the page is sent to the app, and what the bot answers is on the page that comes next', async (t) => {
  const { model } = world
  const bot = { kind: 'person', account: model.bot } as const
  t.after(
    model.onEvent((event) => {
      if (event.type !== 'comment' || event.sender.id !== model.you.id) return
      const link = `to ${page}#issuecomment-${event.comment.id}`
      const earlier = said().find(({ body }) => body.startsWith('First answer'))
      setTimeout(() => createComment(model, repository, bot, 1, 'Something else'), 20)
      setTimeout(() => {
        if (earlier === undefined) createComment(model, repository, bot, 1, `First answer ${link}`)
        else editComment(model, repository, bot, earlier, `Second answer ${link}`)
      }, 60)
    }),
  )
  const first = await post('/status')
  const [question, , answer] = said()
  assert.equal(first.status, 303)
  assert.equal(first.headers.get('location'), `${new URL(page).pathname}#issuecomment-${question?.id}`)
  assert.match(
    await (await fetch(page)).text(),
    new RegExp(`id="issuecomment-${question?.id}"[\\s\\S]*First answer`),
  )
  await world.sandbox.deliveries.idle()
  const sent = world.hooks.received.find(({ event }) => event === 'issue_comment')
  assert.deepEqual([sent?.payload.comment.body, sent?.payload.sender.login], ['/status', 'you'])

  const second = await post('Please:\n/status')
  assert.equal(said().length, 5)
  assert.match(second.headers.get('location') ?? '', new RegExp(`#issuecomment-${answer?.id}$`))
  assert.match(await (await fetch(page)).text(), /Second answer/)
})

test('a comment that is refused is said above its own text, and nothing is written', async () => {
  const before = said().length
  const text = `</textarea><script>alert(1)</script>${'x'.repeat(65_536)}`
  const refused = await post(text)
  const view = await refused.text()
  assert.equal(refused.status, 422)
  assert.match(view, /id="comment-problem">Nothing was written: Body is too long \(maximum is 65536/)
  assert.match(
    view,
    /<textarea id="comment"[^>]*aria-describedby="comment-problem"[^>]*>\s*&lt;\/textarea&gt;/,
  )
  assert.doesNotMatch(view, /<script>/)
  assert.equal((await post(' \n')).status, 422)
  assert.equal((await post('x'.repeat(700_000))).status, 413)
  assert.equal(said().length, before)
  assert.equal((await post('漢'.repeat(65_536))).status, 303)
  await updateRepository(world.model, repository, { archived: true })
  const archived = await post('Too late')
  assert.equal(archived.status, 403)
  assert.match(
    await archived.text(),
    /Nothing was written: Repository was archived[\s\S]*Too late<\/textarea>/,
  )
  assert.equal(said().length, before + 1)
})
