import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LIMITS } from '../../src/command/limits.ts'
import { SupercargoError } from '../../src/domain/errors.ts'
import { updateRepository } from '../../src/sandbox/model/repositories.ts'
import { CONFIG } from '../support/acme.ts'
import { interpose, once } from '../support/interpose.ts'
import { tagOf } from '../support/scene.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges, SOURCE } from '../support/stage.ts'

const SAME = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const
const ACROSS = [...SAME, { name: 'GitHub → GitLab', source: 'github', target: 'gitlab' }] as const

acrossForges((stage, { source }) => {
  test('status is a table of what runs where, and the comment that asked gets its reactions', async () => {
    await stage(async (s) => {
      const { ask, codes } = await speaker(s)
      const { answer, reactions } = await ask('/cargo status')
      assert.deepEqual(reactions, ['eyes', 'rocket'])
      assert.match(answer, /\| web\/staging \| current \| `[0-9a-f]{7}` \|/)
      assert.match(answer, /\| web\/production \|/)
      assert.match(answer, /^<!-- supercargo:commands:v1 -->\n`\/cargo status` 🚀 .* \(`told`\)/)
      assert.match(answer, /\[What was asked\]\(http[^)]+\) by you\./)
      assert.deepEqual(codes(), ['carried-out'])
    })
  })

  test('plan shows the diff of what would be done and does nothing, in the comment of the answer before', async () => {
    await stage(async (s) => {
      const { ask, number } = await speaker(s)
      await ask('/cargo status')
      const before = await s.source.commentIds(SOURCE, number)
      await s.clone.git('switch', '--quiet', '--detach', 'origin/main')
      const head = await s.clone.commit({ 'app.txt': 'x' }, 'New')
      await s.clone.push('origin', 'HEAD:main')
      const { answer } = await ask('/cargo plan')
      assert.match(answer, new RegExp(`\n\\+ +newTag: "?${tagOf(head)}"?\n`))
      assert.match(answer, /\*\*web\/staging: open change request\*\*/)
      assert.doesNotMatch(answer, /cargo status/)
      const after = await s.source.commentIds(SOURCE, number)
      assert.equal(after.length, before.length + 1)
      assert.deepEqual(await s.changeRequests(), [])
      assert.match((await ask('/cargo plan app=web')).answer, /1 thing would be done/)
      assert.match((await ask('/cargo plan app=wen')).answer, /There is no app "wen"\. Did you mean "web"\?/)
    })
  })

  test('requirement 13: private manifests are told only to those who may read them, and where all readers may', async () => {
    await stage(
      async (s) => {
        const { ask } = await speaker(s)
        const told = async (by: string) => (await ask('/cargo status\n/cargo plan', by)).answer
        await s.clone.git('switch', '--quiet', '--detach', 'origin/main')
        await s.clone.commit({ 'app.txt': 'x' }, 'New')
        await s.clone.push('origin', 'HEAD:main')
        grant(s.source, s.web, 'reader', 'read')
        const secret = /k8s-manifests|overlays|newTag/
        assert.doesNotMatch(await told('you'), secret)
        await updateRepository(s.source.inside.model, s.web, { private: true })
        const hidden = await told('reader')
        assert.doesNotMatch(hidden, secret)
        assert.match(hidden, /\| web\/staging \| changing \| – \| – \|/)
        assert.match(hidden, /1 more, in private manifests/)
        grant(s.target, s.manifests, 'reader', 'read')
        if (s.source === s.target) assert.match(await told('reader'), /newTag/)
        else assert.doesNotMatch(await told('reader'), secret)
      },
      { hidden: true },
    )
  })

  if (source === 'github') return

  test('on GitLab only the namespaced form counts when the comment is read again', async () => {
    await stage(async (s) => {
      const { say, work, codes, reactions } = await speaker(s)
      const comment = await say('/retry')
      await work()
      assert.deepEqual([codes(), await reactions(comment)], [['no-command'], ['eyes']])
    })
  })
}, ACROSS)

acrossForges((stage) => {
  test('requirement 10: what a person may not do is not done, and help lists what they may', async () => {
    await stage(async (s) => {
      const { ask, codes, intents } = await speaker(s)
      await updateRepository(s.source.inside.model, s.web, { private: true })
      grant(s.source, s.web, 'reader', 'read')
      grant(s.source, s.web, 'writer', 'write')
      const refused = await ask('/cargo status\n/cargo retry', 'reader')
      assert.deepEqual(refused.reactions, ['eyes', 'confused'])
      assert.match(refused.answer, /reader needs write access to acme\/web for "retry"\. \(`not-permitted`\)/)
      assert.doesNotMatch(refused.answer, /web\/staging/)
      assert.deepEqual(intents.enqueued, [])
      assert.doesNotMatch((await ask('/cargo help', 'reader')).answer, /retry/)
      assert.match((await ask('/cargo help', 'writer')).answer, /\| `\/cargo retry \[-- reason\]` \|/)
      assert.deepEqual((await ask('/cargo status', 'stranger')).reactions, ['eyes', 'confused'])
      assert.deepEqual((await ask('/cargo retry -- why not', 'writer')).reactions, ['eyes', 'rocket'])
      assert.deepEqual(intents.enqueued, [`${s.source.id}:acme/web`])
      const expected = ['not-permitted', 'carried-out', 'carried-out', 'not-permitted', 'carried-out']
      assert.deepEqual(codes(), expected)
    })
  })

  test('requirements 8 and 9: nothing is done for a comment that was changed or deleted, or that no person wrote', async () => {
    await stage(async (s) => {
      const { say, work, codes, reactions, intents, number } = await speaker(s)
      const changed = await say('/cargo retry')
      await s.source.edit(SOURCE, number, changed, '/cargo retry -- now')
      await work()
      assert.deepEqual(await reactions(changed), ['eyes', 'confused'])
      const deleted = await say('/cargo retry')
      await s.source.edit(SOURCE, number, deleted, null)
      await work()
      await s.bot.forge.writeComment(
        { forge: s.source.id, path: SOURCE },
        {
          number,
          id: null,
          body: '/cargo retry',
          marker: null,
        },
      )
      const own = Math.max(...(await s.source.commentIds(SOURCE, number)))
      intents.accept({ ...wish(s.source.id, number), comment: own })
      await work()
      assert.deepEqual(codes(), ['comment-changed', 'comment-gone', 'not-a-person'])
      assert.deepEqual(intents.enqueued, [])
    })
  })

  test('a mistake is answered with what was meant', async () => {
    await stage(async (s) => {
      const { ask, codes } = await speaker(s)
      const { answer, reactions } = await ask('/cargo stauts')
      assert.deepEqual(reactions, ['eyes', 'confused'])
      assert.match(answer, /There is no command "stauts"\. Did you mean "\/cargo status"\?/)
      assert.deepEqual(codes(), ['verb-unknown'])
    })
  })

  test('requirement 17: foreign text is inert in answers, and what is too much is left out', async () => {
    await stage(async (s) => {
      const { ask } = await speaker(s)
      const hostile = '/cargo @acme/team #1 <!-- x --> ![](http://evil/x)'
      const { answer } = await ask(`${hostile}\n/cargo retry "\`\`\` </td> /merge"\n/cargo status app=-->`)
      assert.equal(answer.indexOf('<!--'), answer.lastIndexOf('<!--'))
      const outside = answer.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '')
      assert.doesNotMatch(outside, /@acme|#1|!\[|<\/td>|http:\/\/evil/)
      assert.doesNotMatch(answer, /^\s*\/(merge|cargo)/m)
      const long = `/cargo retry -- ${'@acme/team '.repeat(5000)}`
      assert.ok((await ask(long)).answer.length < 60_000)
    })
  })

  test('requirement 17: titles and messages that people chose are inert in the plan', async () => {
    const title = '@acme/team\\n/merge <!-- ``` #1 {tag}'
    const path = 'path: apps/web/overlays/staging'
    const config = CONFIG.replace(path, `${path}\n    title: "${title}"`)
    await stage(
      async (s) => {
        const { ask } = await speaker(s)
        await s.clone.git('switch', '--quiet', '--detach', 'origin/main')
        await s.clone.commit({ 'app.txt': '```' }, '@acme/team\n\n/merge')
        await s.clone.push('origin', 'HEAD:main')
        const { answer } = await ask('/cargo plan')
        assert.match(answer, /acme/)
        assert.equal(answer.indexOf('<!--'), answer.lastIndexOf('<!--'))
        assert.doesNotMatch(answer.replace(/```diff[\s\S]*?```/g, ''), /@acme|#1|^\s*\/merge/m)
      },
      { config },
    )
  })
}, SAME)

acrossForges(
  (stage) => {
    test('a crash at any moment loses nothing and repeats nothing that shows', async () => {
      await stage(async (s) => {
        const { say, work, codes, reactions, number, intents } = await speaker(s)
        let moments = 0
        await say('/cargo retry')
        await work((forge) => interpose(forge, async () => void moments++))
        assert.ok(moments >= 10)
        for (let at = 1; at <= moments; at++) {
          const comment = await say('/cargo retry')
          let now = 0
          const crash = async () => {
            if (++now === at) throw new SupercargoError('Killed.', { code: 'killed', kind: 'transient' })
          }
          await assert.rejects(
            work((forge) => interpose(forge, crash)),
            { code: 'killed' },
          )
          await work()
          assert.deepEqual(await reactions(comment), ['eyes', 'rocket'])
        }
        assert.equal((await s.source.comments(SOURCE, number)).length, 1)
        assert.deepEqual(codes(), Array(moments + 1).fill('carried-out'))
        assert.deepEqual([...new Set(intents.enqueued)], [`${s.source.id}:acme/web`])
      })
    })

    test('requirement 10: when the forge does not say who may, nothing is done until it does, and not after an hour', async () => {
      await stage(async (s) => {
        let hours = 0
        const { say, work, codes, intents } = await speaker(s, () => new Date(Date.now() + hours * 3_600_000))
        await say('/cargo retry')
        const silent = new SupercargoError('Down.', { code: 'forge-unavailable', kind: 'transient' })
        const down = once({ when: 'before', call: 'readAccess' }, async () => {
          throw silent
        })
        await assert.rejects(
          work((forge) => interpose(forge, down)),
          silent,
        )
        assert.deepEqual([codes(), intents.enqueued], [[], []])
        hours = 1.1
        await work()
        assert.deepEqual([codes(), intents.enqueued], [['too-late'], []])
        await say('/cargo retry')
        const forbidden = once({ when: 'before', call: 'readAccess' }, async () => {
          throw new SupercargoError('No.', { code: 'permission-missing', kind: 'permanent' })
        })
        await work((forge) => interpose(forge, forbidden))
        assert.deepEqual([codes(), intents.enqueued], [['too-late', 'permission-missing'], []])
      })
    })

    test('requirement 26: above the limits the first comment is told so, and the others are left alone', async () => {
      await stage(async (s) => {
        const { say, work, codes, reactions, intents, number } = await speaker(s)
        const repository = `${s.source.id}:acme/web`
        for (let count = 0; count < LIMITS.person; count++) {
          intents.accept({ repository, number: 99, comment: count, login: 'you', hash: '' })
        }
        const first = await say('/cargo retry')
        const second = await say('/cargo retry')
        await work()
        assert.deepEqual(codes(), ['too-many', 'too-many'])
        assert.deepEqual(await reactions(first), ['eyes', 'confused'])
        assert.deepEqual(await reactions(second), [])
        assert.equal((await s.source.comments(SOURCE, number)).length, 1)
        assert.deepEqual(intents.enqueued, [])
      })
    })
  },
  SAME.slice(0, 1),
)

function wish(forge: string, number: number) {
  return { repository: `${forge}:acme/web`, number, login: 'supercargo', hash: '' }
}
