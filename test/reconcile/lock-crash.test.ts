import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { say } from '../../src/reconcile/commands/say.ts'
import { environmentFile } from '../../src/state/files.ts'
import { POLICY } from '../support/acme.ts'
import { interpose, type Moment } from '../support/interpose.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges, MANIFESTS, SOURCE, type Stage } from '../support/stage.ts'

const WHO = `${POLICY}    promote: user:alice\n`

/** Somebody else lets the environment go on, past the queue. */
async function unlock(s: Stage, id: string): Promise<void> {
  const source = { forge: s.source.id, id }
  const said = { by: 'bob', at: '2026-01-02T03:04:05Z', url: null, reason: null }
  const changes = [environmentFile(source, 'web', 'production', null)]
  const place = { forge: s.target.id, path: MANIFESTS }
  await say(s.target.forge, place, source, null, () => ({ changes, what: 'Unlock web/production', said }))
}

acrossForges(
  (stage) => {
    test('a lock that was written before its process ended is not written again, although somebody took it away since', async () => {
      await stage(
        async (s) => {
          const { say: write, work, codes } = await speaker(s)
          grant(s.source, s.web, 'alice', 'write')
          const { id } = await s.source.forge.readRepository({ forge: s.source.id, path: SOURCE }, [])
          const moments: string[] = []
          const note = async ({ when, call }: Moment) => {
            if (call === 'writeState' || moments.length > 0) moments.push(`${when} ${call}`)
          }
          await write('/cargo lock production', 'alice')
          await work((forge) => interpose(forge, note))
          await unlock(s, id)
          assert.ok(moments.length >= 5)
          for (const [at, moment] of moments.entries()) {
            await write('/cargo lock production', 'alice')
            let begun = 0
            const crash = async ({ call }: Moment) => {
              if (call === 'writeState' || begun > 0) begun++
              if (begun === at + 1)
                throw new SupercargoError('Killed.', { code: 'killed', kind: 'transient' })
            }
            await assert.rejects(
              work((forge) => interpose(forge, crash)),
              { code: 'killed' },
              moment,
            )
            await unlock(s, id)
            await work()
            await unlock(s, id)
          }
          assert.deepEqual(codes(), Array(moments.length + 1).fill('carried-out'))
          const clone = await s.target.clone(MANIFESTS)
          const log = await clone.git('log', '--format=%s', `origin/${STATE_BRANCH}`)
          await clone.remove()
          const locks = log.split('\n').filter((subject) => subject === 'Lock web/production')
          assert.equal(locks.length, moments.length + 1)
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
