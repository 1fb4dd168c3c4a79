import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../src/config/model.ts'
import { plan } from '../../src/plan/plan.ts'
import { kustomizeBuild, skipWithoutKustomize } from '../support/kustomize.ts'
import { WEB_BASE } from '../support/web-base.ts'
import { app, file, manifests, offers, previews, pullRequest, world } from '../support/world.ts'

const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: [], direct: ['previews'] },
  ],
}

/** What a team might write: a namespace of its own, a host of its own, and what people read. */
const FILES = {
  ...WEB_BASE,
  'apps/web/preview/kustomization.yaml': `namespace: web-{slug}
resources: [../../base, namespace.yaml, ingress.yaml]
images:
  - name: "{image}"
    newTag: {tag}
`,
  'apps/web/preview/namespace.yaml': `apiVersion: v1
kind: Namespace
metadata:
  name: web-{slug}
  annotations: { title: "{title}", owner: {owner}, expires: "{expires}", commit: {sha} }
`,
  'apps/web/preview/ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: {host}
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`,
}

test('a rendered preview builds with kustomize to its own namespace, host and image, whatever people wrote', {
  skip: skipWithoutKustomize(),
}, () => {
  const hostile = pullRequest(12, {
    branch: 'feature/"$(id)": {{ x }} #1',
    title: 'a "quoted": title\n# {tag} }}',
    authorLogin: 'renovate[bot]',
  })
  const each = world({
    config: {
      apps: [
        app({
          environments: [],
          previews: previews({ url: 'https://{slug}.preview.acme.dev', ttl: 3600 * 72 }),
        }),
      ],
    },
    offers: offers({ pullRequests: { complete: true, items: [hostile] } }),
    snapshot: manifests('x', { tree: Object.entries(FILES).map(([path, text]) => file(path, text)) }),
    policy: { ok: true, value: POLICY },
  })
  const [action] = plan(each, { confirmRemovals: false }).actions
  assert.ok(action?.kind === 'commit')
  const made = Object.fromEntries(action.wish.changes.map(({ path, content }) => [path, content ?? '']))
  const build = kustomizeBuild({ ...FILES, ...made }, 'apps/web/previews/pr-12')
  assert.ok(build.ok, build.ok ? '' : build.error)
  const text = build.lines.join('\n')
  const [, namespace] = /kind: Namespace\nmetadata:[\s\S]*?\n {2}name: (\S+)/.exec(text) ?? []
  assert.match(namespace ?? '', /^web-feature-id-x-1-[0-9a-f]{10}$/)
  assert.equal(text.match(new RegExp(`namespace: ${namespace}$`, 'gm'))?.length, 3)
  assert.match(text, new RegExp(`host: ${namespace?.slice(4)}\\.preview\\.acme\\.dev`))
  assert.match(text, /image: ghcr\.io\/acme\/web:12abcde$/m)
  assert.match(text, /expires: "2026-01-04T00:00:00Z"/)
})
