import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderMarkdown } from '../../src/sandbox/pages/markdown.ts'
import { POLICY } from '../support/acme.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges, MANIFESTS, SOURCE } from '../support/stage.ts'

const HOSTILE = [
  '@acme/team @you #1 !2 acme/web#3 closes #4 fixes !5',
  '<!-- supercargo:commands:v1 --> <img src="https://evil.example/x.png"> </td></table> <details>',
  '![pixel](https://evil.example/p.png) [click](https://evil.example) <https://evil.example/auto>',
  '| a cell | ``` ~~~ **bold** _em_ - [x] done [skip ci]',
].join(' ')
const WHO = `${POLICY}    promote: [user:alice, user:bob]\n`

/** What a forge would make of a text of the bot's is nothing that the person wrote into it. */
function assertInert(text: string, where: string): void {
  const own = text.match(/<!-- \/?supercargo:/g)?.length ?? 0
  assert.equal(text.match(/<!--/g)?.length ?? 0, own, where)
  assert.ok((text.match(/<!-- supercargo:commands/g)?.length ?? 0) <= 1, where)
  const outside = text.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
  assert.doesNotMatch(outside, /(?:^|[^\w/])@\w|(?:^|[^\w&])[#!]\d|acme\/web#\d/, where)
  assert.doesNotMatch(text, /^\s*\/\w/m, where)
  const html = renderMarkdown(text)
  assert.doesNotMatch(html, /href="[^"]*evil|<img|<input|<h1|<strong>bold|<em>em/, where)
  for (const [row] of html.matchAll(/<tr>[\s\S]*?<\/tr>/g)) {
    const cells = row.match(/<t[dh]/g)?.length ?? 0
    const [head = ''] = /<tr>[\s\S]*?<\/tr>/.exec(html) ?? []
    assert.equal(cells, head.match(/<t[dh]/g)?.length, where)
  }
}

acrossForges(
  (stage) => {
    test('requirement 17: whatever reason a person gives, answers, reports and change requests show it as plain text', async () => {
      await stage(
        async (s) => {
          const { ask } = await speaker(s)
          for (const name of ['alice', 'bob']) grant(s.source, s.web, name, 'write')
          await s.clone.git('switch', '--quiet', '-C', 'main', 'origin/main')
          const head = await s.push()
          await s.bot.pass(SOURCE)
          const texts = {
            locked: (await ask(`/cargo lock staging -- ${HOSTILE}`, 'alice')).answer,
            refused: (await ask(`/cargo lock staging -- ${HOSTILE}`, 'bob')).answer,
            status: (await ask('/cargo status', 'bob')).answer,
            retried: (await ask(`/cargo retry -- ${HOSTILE}`, 'bob')).answer,
          }
          await s.bot.pass(SOURCE)
          const [request] = await s.changeRequests()
          const report = (await s.source.report(SOURCE, head)).text
          const all = { ...texts, report, body: request?.body ?? '', title: request?.title ?? '' }
          for (const [where, text] of Object.entries(all)) assertInert(text, `${where}:\n${text}`)
          for (const where of ['refused', 'status', 'body'] as const) {
            assert.match(renderMarkdown(all[where]).replace(/\u200b/g, ''), /acme\/team.*\[click\]/s, where)
          }
          const clone = await s.target.clone(MANIFESTS)
          const log = await clone.git('log', '--all', '--format=%B')
          await clone.remove()
          assert.doesNotMatch(log, /(?<!\w)[@#!](?:acme|you|\d)|closes|fixes/)
          assert.equal(log.match(/\[skip ci\]/g)?.length ?? 0, s.target.id === 'gitlab' ? 1 : 0)
        },
        { policy: WHO },
      )
    })
  },
  [
    { name: 'GitHub', source: 'github', target: 'github' },
    { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  ],
)
