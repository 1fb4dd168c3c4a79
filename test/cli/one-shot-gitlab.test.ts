import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { CONFIG, STAGING } from '../support/acme.ts'
import { BOT, startGitLab, type TestGitLab } from '../support/gitlab.ts'
import { fileText } from '../support/sandbox.ts'
import { kustomization } from '../support/world.ts'
import { MAIN } from './run-cli.ts'

/** Runs the command as a job of GitLab CI does. */
function supercargo(gitlab: TestGitLab, args: string[], environment: Record<string, string> = {}) {
  const env = {
    PATH: process.env.PATH ?? '',
    GITLAB_CI: 'true',
    CI_SERVER_URL: gitlab.url,
    CI_JOB_TOKEN: 'glcbt-of-the-job',
    GITLAB_TOKEN: BOT,
    ...environment,
  }
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr })
    })
  })
}

test('in GitLab CI a token is enough: plan shows it with !numbers, reconcile does it, and again no more', async () => {
  const gitlab = await startGitLab()
  try {
    await gitlab.project('acme/web', { '.gitlab/supercargo.yml': CONFIG })
    const manifests = await gitlab.project('acme/k8s-manifests', { [STAGING]: kustomization('0000000') })
    const clone = await gitlab.clone('acme/web')
    const tag = (await clone.git('rev-parse', 'HEAD')).trim().slice(0, 7)
    const first = await supercargo(gitlab, ['reconcile', 'acme/web', '--json'])
    assert.equal(first.stderr, '')
    assert.match(first.stdout, /"kind": "open-change-request"/)
    assert.equal(await fileText(gitlab, manifests, 'supercargo/web/staging', STAGING), kustomization(tag))
    await clone.commit({ 'a.txt': 'a' })
    await clone.push()
    const plan = await supercargo(gitlab, ['plan', 'gitlab:acme/web'])
    assert.match(plan.stdout, /update-change-request !1 "web staging: 0000000 → /)
    await supercargo(gitlab, ['reconcile', 'acme/web'])
    assert.match(
      (await supercargo(gitlab, ['reconcile', 'acme/web'])).stdout,
      /\nThere was nothing to do\.\n/,
    )

    const verbose = await supercargo(gitlab, ['plan', 'acme/web', '--verbose'])
    assert.match(verbose.stderr, /"method":"POST","path":"\/sandbox\/gitlab\/api\/graphql","status":200/)
    assert.match(verbose.stderr, /"method":"GET","path":"[^"?]+\/statuses","status":200/)
    assert.doesNotMatch(verbose.stderr, new RegExp(BOT))

    const without = await supercargo(gitlab, ['plan', 'acme/web'], { GITLAB_TOKEN: '' })
    assert.deepEqual([without.code, /CI_JOB_TOKEN may not open/.test(without.stderr)], [2, true])
    const wrong = await supercargo(gitlab, ['plan', 'acme/web'], { GITLAB_URL: 'http://git.example.com' })
    assert.deepEqual([wrong.code, /GITLAB_URL: It is not the https address/.test(wrong.stderr)], [2, true])
  } finally {
    await gitlab.close()
  }
})
