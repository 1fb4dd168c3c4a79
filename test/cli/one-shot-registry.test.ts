import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { STAGING } from '../support/acme.ts'
import { BOT } from '../support/gitlab.ts'
import { skipWithoutRegistry, startRegistry } from '../support/registry.ts'
import { CREW } from '../support/registry-token-server.ts'
import { TEST_TOKEN } from '../support/sandbox.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'
import { MAIN } from './run-cli.ts'

acrossForges(
  (stage, { source }) => {
    test('without a server, what waits for its image is said in the table and in JSON, and opened once it is there', {
      skip: skipWithoutRegistry(),
    }, async () => {
      const registry = await startRegistry({ auth: 'basic' })
      const image = `${registry.host}/acme/web`
      const environment = {
        REGISTRIES: 'local',
        REGISTRY_LOCAL_HOST: registry.host,
        REGISTRY_LOCAL_URL: registry.url,
        REGISTRY_LOCAL_USERNAME: CREW.username,
        REGISTRY_LOCAL_PASSWORD: CREW.password,
      }
      try {
        await stage(
          async (s) => {
            const tag = (await s.push()).slice(0, 7)
            const reconcile = (args: string[], more = environment) =>
              supercargo(s, ['reconcile', `${source}:${SOURCE}`, ...args], more)
            const waits = `${tag} waits for its image ${image}:${tag}.`

            const table = await reconcile([])
            assert.deepEqual([table.code, table.stderr], [0, ''])
            assert.match(table.stdout, /^web\/staging +waiting /m)
            assert.ok(table.stdout.includes(waits), table.stdout)
            const { standings, actions } = JSON.parse((await reconcile(['--json'])).stdout)
            assert.deepEqual(
              [standings[0].state, standings[0].reason, actions],
              ['waiting', { code: 'waits-for-image', message: waits }, []],
            )
            assert.deepEqual(await s.states(), [])

            await registry.pushImage('acme/web', tag)
            const opened = await reconcile([])
            assert.match(opened.stdout, /^Done: 1 × open-change-request/m)
            assert.deepEqual(await s.states(), ['1 open'])

            const unknown = await supercargo(s, ['plan', `${source}:${SOURCE}`], {})
            assert.match(
              unknown.stdout,
              /is none that Supercargo may ask\. Have the operator name 127\.0\.0\.1:/,
            )
          },
          {
            config: `manifests: acme/k8s-manifests
image: ${image}
environments:
  staging: { follow: branch main, path: apps/web/overlays/staging }
`,
            policy: null,
            manifests: { [STAGING]: kustomization('0000000').replace('ghcr.io/acme/web', image) },
          },
        )
      } finally {
        await registry.close()
      }
    })
  },
  PAIRS.slice(0, 2),
)

/** Runs the command as a job of a CI does. */
function supercargo({ source }: Stage, args: string[], environment: Record<string, string>) {
  const { GITHUB_API_URL = '', GITLAB_URL = '' } = source.environment
  const env = {
    PATH: process.env.PATH ?? '',
    ...(GITLAB_URL === '' ? { GITHUB_TOKEN: TEST_TOKEN, GITHUB_API_URL } : { GITLAB_TOKEN: BOT, GITLAB_URL }),
    ...environment,
  }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    )
  })
}
