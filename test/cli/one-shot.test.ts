import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { CONFIG, STAGING } from '../support/acme.ts'
import { TEST_TOKEN } from '../support/sandbox.ts'
import { BRANCH, type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import { MAIN } from './run-cli.ts'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs the command as a process of its own with a person's token, as CI would. */
function supercargo(s: Scene, args: string[], environment: Record<string, string> = {}): Promise<Ended> {
  const env = {
    PATH: process.env.PATH ?? '',
    GITHUB_TOKEN: TEST_TOKEN,
    GITHUB_API_URL: s.forge.api,
    ...environment,
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('plan prints what would be done as a table and as a difference, and changes nothing', async () => {
  await scene(async (s) => {
    const head = await s.push()
    const { code, stdout, stderr } = await supercargo(s, ['plan', 'acme/web'])
    assert.equal(stderr, '')
    assert.equal(code, 0)
    assert.match(stdout, /^TARGET +STATE +NOW +SHOULD BE +WHY\nweb\/staging +changing/)
    assert.match(stdout, new RegExp(`^\\+    newTag: "${tagOf(head)}"$`, 'm'))
    assert.deepEqual(await s.changeRequests(), [])
    assert.equal(await s.headOf(s.manifests, BRANCH), null)
  })
})

test('plan --json says the same for programs', async () => {
  await scene(async (s) => {
    await s.push()
    const { stdout } = await supercargo(s, ['plan', 'acme/web', '--json'])
    const { standings, actions } = JSON.parse(stdout)
    assert.deepEqual(
      standings.map(({ target, state }: { target: string; state: string }) => `${target} ${state}`),
      ['web/staging changing', 'web/production waiting'],
    )
    assert.deepEqual(
      actions.map(({ kind }: { kind: string }) => kind),
      ['open-change-request'],
    )
  })
})

test('reconcile says that a repository is not there, and that the manifests remember nothing of it', async () => {
  await scene(async (s) => {
    const gone = ['reconcile', 'acme/gone', '--confirm-removals']
    assert.match((await supercargo(s, gone)).stderr, /There is no acme\/gone, or the app may not see it\./)
    const { code, stderr } = await supercargo(s, [...gone, '--manifests', 'acme/k8s-manifests'])
    assert.match(stderr, /^github:acme\/gone: There is no acme\/gone, or the app may not see it\./)
    assert.equal(code, 2)
  })
})

test('reconcile does it with a token and no server, and doing it again does nothing', async () => {
  await scene(async (s) => {
    const head = await s.push()
    const first = await supercargo(s, ['reconcile', 'acme/web'])
    assert.equal(first.code, 0, first.stderr)
    assert.match(first.stdout, /Done: 1 × open-change-request/)
    assert.match(first.stdout, /\/acme\/k8s-manifests\/pull\/1$/m)
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(head)))
    const second = await supercargo(s, ['reconcile', 'acme/web'])
    assert.match(second.stdout, /There was nothing to do/)
    assert.equal((await s.changeRequests()).length, 1)
  })
})

test('a broken configuration is printed with its place, and ends with 1', async () => {
  await scene(
    async (s) => {
      const { code, stdout } = await supercargo(s, ['plan', 'acme/web'])
      assert.equal(code, 1)
      assert.match(stdout, /\.github\/supercargo\.yml:\d+:\d+: /)
    },
    { config: CONFIG.replace('follow: branch main', 'folow: branch main') },
  )
})

test('what cannot be read ends with 2 and says what to do', async () => {
  await scene(async (s) => {
    const unknown = await supercargo(s, ['plan', 'acme/nowhere'])
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /acme\/nowhere/)
    const without = await supercargo(s, ['plan', 'acme/web'], { GITHUB_TOKEN: '' })
    assert.equal(without.code, 2)
    assert.match(without.stderr, /Set GITHUB_TOKEN or GITLAB_TOKEN/)
    const wrong = await supercargo(s, ['plan', 'acme/web'], { GITHUB_TOKEN: 'ghp_wrong' })
    assert.equal(wrong.code, 2)
    assert.match(wrong.stderr, /refused the credentials for acme\/web: [^.]+\. Check /)
    assert.doesNotMatch(wrong.stderr, /ghp_wrong/)
  })
})
