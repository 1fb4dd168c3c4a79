import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fsck } from '../support/sandbox.ts'
import { BRANCH, scene, tagOf } from '../support/scene.ts'

const KPACK = 'apps/web/overlays/staging/kpack/image.yaml'
const DEPLOYMENT = 'apps/web/overlays/staging/deployment.yml'
const TEMPLATE = `apiVersion: apps/v1
kind: Deployment
spec: {template: {spec: {containers: [{name: web, image: "{image}:{tag}"}]}}} # {sha}
`

function config(field: string, path = 'apps/web/overlays/staging'): string {
  return `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
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

test('the revision of a kpack image follows main, and a second pass changes nothing', async () => {
  await scene(
    async (s) => {
      const head = await s.push('Change the greeting')
      await s.bot.pass('acme/web')
      const [request, ...others] = await s.changeRequests()
      assert.deepEqual(others, [])
      assert.equal(request?.title, `web staging: main → ${tagOf(head)}`)
      assert.equal(await s.manifest(KPACK, BRANCH), kpack(head))
      const { body } = await s.forge.rest('GET', `/repos/acme/k8s-manifests/pulls/${request?.number}/files`)
      assert.deepEqual(
        body.map((file: { filename: string; changes: number }) => [file.filename, file.changes]),
        [[KPACK, 2]],
      )
      await s.bot.pass('acme/web')
      assert.deepEqual((await s.bot.pass('acme/web')).applied, [])
      assert.equal(await fsck(s.forge, s.manifests), '')
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
  await scene(
    async (s) => {
      const rendered = (head: string) =>
        TEMPLATE.replace('{image}', 'ghcr.io/acme/web').replace('{tag}', tagOf(head)).replace('{sha}', head)
      const first = await s.push('First')
      await s.bot.pass('acme/web')
      assert.equal(await s.manifest(DEPLOYMENT, BRANCH), rendered(first))
      assert.equal(await s.manifest(DEPLOYMENT), null)
      const second = await s.push('Second')
      await s.bot.pass('acme/web')
      assert.equal(await s.manifest(DEPLOYMENT, BRANCH), rendered(second))
      assert.equal((await s.changeRequests()).length, 1)
      await s.bot.pass('acme/web')
      assert.deepEqual((await s.bot.pass('acme/web')).applied, [])
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
