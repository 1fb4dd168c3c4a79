import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tagOf } from '../support/scene.ts'
import { acrossForges, SOURCE, type Stage } from '../support/stage.ts'

const CONFIG = `manifests: acme/k8s-manifests
ready: commit
apps:
  web:
    image: ghcr.io/acme/web
    paths: [services/web/**]
    environments:
      staging: { follow: branch main, path: apps/web/staging }
  api:
    image: ghcr.io/acme/api
    paths: [services/api/**, go.mod]
    environments:
      staging: { follow: branch main, path: apps/api/values.yaml }
`
const POLICY = `accept:
  - { from: acme/web, paths: apps/**, images: "ghcr.io/acme/*" }
`
const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
        - name: web
          image: ghcr.io/acme/web:old # set by CI
        - name: proxy
          image: envoyproxy/envoy:v1.30.0
`
const VALUES = `# the API
image:
  repository: ghcr.io/acme/api
  tag: old   # keep
replicas: 2
`
const MANIFESTS = { 'apps/web/staging/deployment.yaml': DEPLOYMENT, 'apps/api/values.yaml': VALUES }

const MONOREPO = { config: CONFIG, policy: POLICY, manifests: MANIFESTS }

async function byBranch(s: Stage): Promise<Record<string, string>> {
  const requests = (await s.changeRequests()).filter(({ state }) => state === 'open')
  return Object.fromEntries(requests.map(({ branch, title }) => [branch, title.replace(/^.* → /, '')]))
}

acrossForges((stage) => {
  test('each app of a repository goes by the newest commit that touches its own paths', async () => {
    await stage(async (s) => {
      const web = await s.push('Web', { 'services/web/a.txt': '1' })
      const api = await s.push('Api', { 'go.mod': 'module x' })
      await s.push('Docs', { 'README.md': 'more' })
      await s.bot.pass(SOURCE)
      assert.deepEqual(await byBranch(s), {
        'supercargo/web/staging': tagOf(web),
        'supercargo/api/staging': tagOf(api),
      })
    }, MONOREPO)
  })

  test('a merge counts as the commit that brings the change, for it is what CI builds', async () => {
    await stage(async (s) => {
      await s.clone.git('switch', '--quiet', '-c', 'feature')
      await s.clone.commit({ 'services/web/a.txt': '1' }, 'Web')
      await s.clone.git('switch', '--quiet', 'main')
      await s.clone.commit({ 'README.md': 'more' }, 'Docs')
      await s.clone.git('merge', '--quiet', '--no-ff', '-m', 'Merge the feature', 'feature')
      await s.clone.push()
      const merge = await s.clone.git('rev-parse', 'HEAD')
      await s.bot.pass(SOURCE)
      assert.deepEqual(await byBranch(s), { 'supercargo/web/staging': tagOf(merge) })
    }, MONOREPO)
  })

  test('plain Kubernetes objects and Helm values change in the tag and in no other byte', async () => {
    await stage(async (s) => {
      const head = await s.push('Both', { 'services/web/a': '1', 'services/api/a': '1' })
      await s.bot.pass(SOURCE)
      assert.equal(
        await s.manifest('apps/web/staging/deployment.yaml', 'supercargo/web/staging'),
        DEPLOYMENT.replace('acme/web:old', `acme/web:${tagOf(head)}`),
      )
      const values = (await s.manifest('apps/api/values.yaml', 'supercargo/api/staging')) ?? ''
      assert.equal(values.replaceAll('"', ''), VALUES.replace('tag: old', `tag: ${tagOf(head)}`))
    }, MONOREPO)
  })
})
