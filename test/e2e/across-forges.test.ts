import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { CONFIG_WITH_PREVIEWS, POLICY, PRODUCTION, STAGING, TEMPLATE } from '../support/acme.ts'
import { githubSide, gitlabSide, passOver, type RequestView, type Side } from '../support/across.ts'
import type { GitClone } from '../support/git-clone.ts'
import { tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'

// The main job as one suite over every pair of forges. There are no deviations: what differs is said by the forge.

type Start = () => Promise<Side>

const PAIRS: [string, Start, Start | null][] = [
  ['GitHub', githubSide, null],
  ['GitLab', gitlabSide, null],
  ['GitHub → GitLab', githubSide, gitlabSide],
  ['GitLab → GitHub', gitlabSide, githubSide],
]

interface Stage {
  source: Side
  target: Side
  web: Repository
  manifests: Repository
  clone: GitClone
  pass(): ReturnType<typeof passOver>
  push(file?: string): Promise<string>
  changes(): Promise<RequestView[]>
  manifest(path: string, revision?: string): Promise<string | null>
}

async function stage(
  start: Start,
  startTarget: Start | null,
  change: { policy?: string; config?: string },
  play: (stage: Stage) => Promise<void>,
) {
  const source = await start()
  const target = startTarget === null ? source : await startTarget()
  const sides = [...new Set([source, target])]
  try {
    const config = (change.config ?? CONFIG_WITH_PREVIEWS).replace('manifests: ', `manifests: ${target.id}:`)
    const web = await source.repository('acme/web', {
      [`.${source.id}/supercargo.yml`]: config,
      'app.txt': '0',
    })
    const policy = (change.policy ?? POLICY).replace('from: ', `from: ${source.id}:`)
    const clone = await source.clone('acme/web')
    const first = tagOf(await clone.git('rev-parse', 'HEAD'))
    const manifests = await target.repository('acme/k8s-manifests', {
      '.supercargo/policy.yml': policy,
      'apps/web/preview/kustomization.yaml': TEMPLATE,
      [STAGING]: kustomization(first),
      [PRODUCTION]: kustomization('v0.9.0'),
    })
    await play({
      source,
      target,
      web,
      manifests,
      clone,
      pass: () => passOver(sides, { forge: source.id, path: 'acme/web' }),
      push: async (text = 'A change') => {
        const oid = await clone.commit({ 'app.txt': text }, text)
        await clone.push()
        return oid
      },
      changes: () => target.requests('acme/k8s-manifests'),
      manifest: (path, revision = 'main') => target.text(manifests, revision, path),
    })
  } finally {
    for (const side of sides) await side.stop()
  }
}

const REVIEW = POLICY.replace('merge: [staging]', 'merge: []')

for (const [name, start, other] of PAIRS) {
  describe(name, () => {
    test('a push opens one change request, a newer one updates it, and a person merges it', async () => {
      await stage(start, other, { policy: REVIEW }, async (s) => {
        await s.push('one')
        await s.pass()
        const two = await s.push('two')
        await s.pass()
        const [request, ...others] = await s.changes()
        assert.deepEqual([request?.state, request?.branch, others], ['open', 'supercargo/web/staging', []])
        assert.equal(await s.manifest(STAGING, 'supercargo/web/staging'), kustomization(tagOf(two)))
        assert.match(request?.body ?? '', new RegExp(`\\]\\(http[^)]*/sandbox/${s.source.id}/acme/web`))
        assert.deepEqual((await s.pass()).applied, [])
        await s.target.merge('acme/k8s-manifests', request?.number ?? 0)
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(two)))
        await s.pass()
        assert.deepEqual(
          (await s.changes()).map(({ state }) => state),
          ['merged'],
        )
      })
    })

    test('a merged pull or merge request is named in the body by a full link', async () => {
      await stage(start, other, { policy: REVIEW }, async (s) => {
        await s.clone.git('switch', '--quiet', '-c', 'feature')
        await s.clone.commit({ 'feature.txt': '1' }, 'The feature')
        await s.clone.push()
        const number = await s.source.open('acme/web', 'feature', 'The feature')
        await s.source.merge('acme/web', number)
        await s.pass()
        const mark = s.source.id === 'gitlab' ? '!' : '#'
        const [request] = await s.changes()
        assert.match(request?.body ?? '', new RegExp(`\\[acme/web${mark}\u200b?${number}\\]\\(http`))
        assert.doesNotMatch(request?.body ?? '', /(^|\s)[#!]\d/m)
      })
    })

    test('a tag opens one for production, and one that a person closed is not opened again', async () => {
      await stage(start, other, { policy: REVIEW }, async (s) => {
        await s.clone.git('tag', 'v1.0.0')
        await s.clone.git('push', '--quiet', 'origin', 'v1.0.0')
        await s.pass()
        const [request] = await s.changes()
        assert.equal(request?.branch, 'supercargo/web/production')
        assert.equal(await s.manifest(PRODUCTION, 'supercargo/web/production'), kustomization('v1.0.0'))
        await s.target.closeRequest('acme/k8s-manifests', request.number)
        await s.pass()
        assert.deepEqual(
          (await s.changes()).map(({ state }) => state),
          ['closed'],
        )
      })
    })

    test('what the policy lets the bot merge is merged by it', async () => {
      const config = CONFIG_WITH_PREVIEWS.replace(
        '    path: apps/web/overlays/staging',
        '    path: apps/web/overlays/staging\n    merge: auto',
      )
      await stage(start, other, { config }, async (s) => {
        const head = await s.push()
        for (let times = 0; times < 5 && (await s.manifest(STAGING)) !== kustomization(tagOf(head)); times++)
          await s.pass()
        assert.equal(await s.manifest(STAGING), kustomization(tagOf(head)))
        assert.deepEqual(
          (await s.changes()).map(({ state }) => state),
          ['merged'],
        )
      })
    })

    test('a pull or merge request gets a preview and one comment, and the preview goes with it', async () => {
      await stage(start, other, {}, async (s) => {
        await s.clone.git('switch', '--quiet', '-c', 'feature')
        await s.clone.commit({ 'feature.txt': '1' }, 'The feature')
        await s.clone.push()
        const number = await s.source.open('acme/web', 'feature', 'The feature')
        await s.pass()
        const path = `apps/web/previews/pr-${number}/kustomization.yaml`
        assert.match((await s.manifest(path)) ?? '', new RegExp(`web-pr-${number}`))
        const noun = s.source.id === 'gitlab' ? 'merge request' : 'pull request'
        const [comment, ...more] = await s.source.comments('acme/web', number)
        assert.match(comment ?? '', new RegExp(`goes when this ${noun} is closed`))
        assert.deepEqual(more, [])
        await s.source.closeRequest('acme/web', number)
        await s.pass()
        assert.equal(await s.manifest(path), null)
        const after = await s.source.comments('acme/web', number)
        assert.deepEqual([after.length, /preview is gone/.test(after[0] ?? '')], [1, true])
      })
    })

    test("branches and titles are the team's own where the policy lets them be, and one is open at a time", async () => {
      const names = 'branch: "argocd/{sha:7}"\n    title: "Runner: {sha:7}"'
      const config = CONFIG_WITH_PREVIEWS.replace(
        'path: apps/web/overlays/staging',
        `path: apps/web/overlays/staging\n    ${names}`,
      )
      const policy = `${REVIEW}    branches: argocd/*\n`
      await stage(start, other, { config, policy }, async (s) => {
        const one = tagOf(await s.push('one'))
        await s.pass()
        const two = tagOf(await s.push('two'))
        await s.pass()
        const seen = (await s.changes()).map(({ state, branch, title }) => `${state} ${branch} "${title}"`)
        assert.deepEqual(seen, [
          `closed argocd/${one} "Runner: ${one}"`,
          `open argocd/${two} "Runner: ${two}"`,
        ])
        assert.equal(await s.manifest(STAGING, `argocd/${two}`), kustomization(two))
        assert.equal(await s.manifest(STAGING, `argocd/${one}`).catch(() => null), null)
        assert.deepEqual((await s.pass()).applied, [])
        const [, open] = await s.changes()
        await s.target.merge('acme/k8s-manifests', open?.number ?? 0)
        const three = tagOf(await s.push('three'))
        await s.pass()
        const states = (await s.changes()).map(({ state, branch }) => `${state} ${branch}`)
        assert.deepEqual(states, [`closed argocd/${one}`, `merged argocd/${two}`, `open argocd/${three}`])
      })
    })

    test('a source of the same name on another forge than the policy says changes nothing', async () => {
      const stranger = (id: string) => (id === 'github' ? 'gitlab' : 'github')
      await stage(start, other, { policy: POLICY }, async (s) => {
        const clone = await s.target.clone('acme/k8s-manifests')
        const policy = POLICY.replace('from: ', `from: ${stranger(s.source.id)}:`)
        await clone.commit({ '.supercargo/policy.yml': policy }, 'Only the other forge')
        await clone.push()
        await s.push()
        const { standings } = await s.pass()
        assert.deepEqual(
          standings.map(({ reason }) => reason.code),
          Array(3).fill('source-not-accepted'),
        )
        assert.deepEqual(await s.changes(), [])
      })
    })
  })
}
