import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fsck } from '../support/sandbox.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { acrossForges, MANIFESTS, SOURCE } from '../support/stage.ts'

const KPACK = 'apps/web/overlays/staging/kpack/image.yaml'
const DEPLOYMENT = 'apps/web/overlays/staging/deployment.yml'
const TEMPLATE = `apiVersion: apps/v1
kind: Deployment
spec: {template: {spec: {containers: [{name: web, image: "{image}:{tag}"}]}}} # {sha}
`

function config(field: string, path = 'apps/web/overlays/staging'): string {
  return `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
ready: commit
environments:
  staging:
    follow: branch main
    path: ${path}
    fields:
      - ${field}
`
}

function kpack(revision: string): string {
  return `apiVersion: kpack.io/v1alpha2
kind: Image
metadata: {name: web}
spec:
  tag: ghcr.io/acme/web
  source:
    git:
      revision: ${revision} # set by the bot
`
}

acrossForges((stage) => {
  test('the revision of a kpack image follows main, and a second pass changes nothing', async () => {
    await stage(
      async (s) => {
        const head = await s.push('Change the greeting')
        await s.bot.pass(SOURCE)
        const [request, ...others] = await s.changeRequests()
        assert.deepEqual(others, [])
        assert.equal(request?.title, `web staging: main → ${tagOf(head)}`)
        assert.equal(await s.manifest(KPACK, BRANCH), kpack(head))
        assert.deepEqual(await s.target.changedFiles(MANIFESTS, 1), [[KPACK, 1, 1]])
        await s.bot.pass(SOURCE)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
        assert.equal(await fsck(s.target.inside, s.manifests), '')
      },
      {
        config: config('{ file: kpack/image.yaml, at: spec.source.git.revision, value: "{sha}" }'),
        manifests: {
          [KPACK]: kpack('main'),
          'apps/web/overlays/staging/kustomization.yaml': 'resources: [kpack/image.yaml]\n',
        },
      },
    )
  })

  test('a template beside the file that is the path is rendered, and rendered anew for a newer commit', async () => {
    await stage(
      async (s) => {
        const rendered = (head: string) =>
          TEMPLATE.replace('{image}', 'ghcr.io/acme/web').replace('{tag}', tagOf(head)).replace('{sha}', head)
        const first = await s.push('First')
        await s.bot.pass(SOURCE)
        assert.equal(await s.manifest(DEPLOYMENT, BRANCH), rendered(first))
        assert.equal(await s.manifest(DEPLOYMENT), null)
        const second = await s.push('Second')
        await s.bot.pass(SOURCE)
        assert.equal(await s.manifest(DEPLOYMENT, BRANCH), rendered(second))
        assert.equal((await s.changeRequests()).length, 1)
        await s.bot.pass(SOURCE)
        assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      },
      {
        config: config(
          '{ render: deployment.yml.tmpl, to: deployment.yml }',
          'apps/web/overlays/staging/service.yaml',
        ),
        manifests: {
          [`${DEPLOYMENT}.tmpl`]: TEMPLATE,
          'apps/web/overlays/staging/service.yaml': 'apiVersion: v1\nkind: Service\n',
        },
      },
    )
  })
})
