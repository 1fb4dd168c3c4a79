import assert from 'node:assert/strict'
import { test } from 'node:test'
import { POLICY } from '../support/acme.ts'
import { grant, speaker } from '../support/speaker.ts'
import { acrossForges } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'

const DEMO = '  demo: { follow: branch main, path: apps/web/overlays/demo }\n'
const OPEN = POLICY.replace('    merge:', '    promote: user:writer\n    merge:')

acrossForges(
  (stage) => {
    test('requirement 12: what a branch proposes of configuration and policy counts once it is in the default branch', async () => {
      await stage(
        async (s) => {
          const { ask } = await speaker(s)
          grant(s.source, s.web, 'writer', 'write')
          const lock = async (name: string) => (await ask(`/cargo lock ${name}`, 'writer')).answer
          const config = (await s.source.text(s.web, 'main', s.configFile)) ?? ''
          const proposed = config.replace('environments:\n', `environments:\n${DEMO}`)
          assert.notEqual(proposed, config)
          const { number } = await s.propose('feature/config', { [s.configFile]: proposed })
          await s.person.branch('open')
          await s.person.commit('open', { '.supercargo/policy.yml': s.named(OPEN) })
          assert.match(await lock('demo'), /There is no environment "demo"/)
          assert.match(await lock('production'), /\(`promote-not-accepted`\)/)

          await s.person.commit('main', { '.supercargo/policy.yml': s.named(OPEN) })
          await s.source.merge('acme/web', number)
          assert.match(await lock('demo'), /web\/demo is locked until/)
          assert.match(await lock('production'), /web\/production is locked until/)
        },
        { manifests: { 'apps/web/overlays/demo/kustomization.yaml': kustomization('aaaaaaa') } },
      )
    })
  },
  [
    { name: 'GitHub', source: 'github', target: 'github' },
    { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  ],
)
