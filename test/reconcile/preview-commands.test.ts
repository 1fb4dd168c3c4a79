import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { interpose } from '../support/interpose.ts'
import { speaker } from '../support/speaker.ts'
import { acrossForges, SOURCE } from '../support/stage.ts'

const CONFIG = `${CONFIG_WITH_PREVIEWS}  ttl: 3d\n`

acrossForges(
  (stage) => {
    test('whatever moment a process ends at, what was said of a preview is written down once', async () => {
      await stage(
        async (s) => {
          const { say, work, codes, reactions, intents } = await speaker(s)
          const git = s.target.inside.model.git(s.manifests)
          const commits = async () => Number((await git.run(['rev-list', '--count', STATE_BRANCH])).stdout)
          let moments = 0
          await say('/cargo preview extend 1d')
          await work((forge) => interpose(forge, async () => void moments++))
          for (let at = 1; at <= moments; at += 3) {
            const comment = await say('/cargo preview extend 1d')
            const before = await commits()
            let now = 0
            const crash = async () => {
              if (++now === at) throw new SupercargoError('Killed.', { code: 'killed', kind: 'transient' })
            }
            await assert.rejects(
              work((forge) => interpose(forge, crash)),
              { code: 'killed' },
            )
            await work()
            assert.equal(await commits(), before + 1)
            assert.deepEqual(await reactions(comment), ['eyes', 'rocket'])
          }
          assert.deepEqual([...new Set(codes())], ['carried-out'])
          assert.deepEqual([...new Set(intents.enqueued)], [`${s.source.id}:${SOURCE}`])
        },
        { config: CONFIG },
      )
    })

    test('what cannot be is refused with a reason, and nothing is written down', async () => {
      await stage(
        async (s) => {
          const { ask, number } = await speaker(s)
          const refusals: [string, RegExp][] = [
            ['/cargo preview extend 31d', /30 days are the most; "\/cargo preview pin".*`too-long`/],
            [`/cargo preview up ${'0'.repeat(12)}`, /`not-the-head`/],
            ['/cargo preview app=wen', /Did you mean "web"\?.*`app-unknown`/],
          ]
          for (const [text, answer] of refusals) assert.match((await ask(text)).answer, answer)
          await s.source.closeRequest(SOURCE, number)
          assert.match((await ask('/cargo preview')).answer, /`not-open`/)
          assert.equal(await s.headOf(s.manifests, STATE_BRANCH), null)
        },
        { config: CONFIG },
      )
    })
  },
  [
    { name: 'GitHub', source: 'github', target: 'github' },
    { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  ],
)
