// Previews on a branch and in a repository of their own, judged by kustomize and by the schemas of Kubernetes and Argo CD.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Application } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress'
import { Namespace } from 'kubernetes-models/v1/Namespace'
import { Service } from 'kubernetes-models/v1/Service'
import { parse, parseAllDocuments } from 'yaml'
import { CONFIG_WITH_PREVIEWS, POLICY } from '../support/acme.ts'
import { kustomizeBuild, skipWithoutKustomize } from '../support/kustomize.ts'
import { treeTexts } from '../support/sandbox.ts'
import { tagOf } from '../support/scene.ts'
import { acrossForges, PAIRS, SOURCE } from '../support/stage.ts'
import { WEB_BASE } from '../support/web-base.ts'

const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)
const FILES = /^apps\/web\/previews\//
const MODELS: Record<string, new (manifest: never) => { validate(): void }> = {
  Application,
  Deployment,
  Ingress,
  Namespace,
  Service,
}

/** Throws when a manifest is not as the schema of its kind says. */
function assertValid(manifest: { kind: string; apiVersion?: string }): void {
  const Model = MODELS[manifest.kind]
  assert.ok(Model, manifest.kind)
  new Model(manifest as never).validate()
}

const DIRECTORY = {
  'apps/web/preview/kustomization.yaml': `namespace: web-pr-{number}
resources: [../../base, namespace.yaml, ingress.yaml]
images:
  - name: ghcr.io/acme/web
    newTag: "{tag}"
`,
  'apps/web/preview/namespace.yaml': `apiVersion: v1
kind: Namespace
metadata: { name: "web-pr-{number}", labels: { branch: "{slug}" }, annotations: { title: "{title}" } }
`,
  'apps/web/preview/ingress.yaml': `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  rules:
    - host: "{host}"
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`,
}

const ONE_FILE = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: "web-pr-{number}", namespace: argocd }
spec:
  project: previews
  source:
    repoURL: https://git.example/acme/k8s-manifests
    path: apps/web/base
    targetRevision: main
    kustomize: { images: ["{image}:{tag}"] }
  destination: { server: "https://kubernetes.default.svc", namespace: "web-pr-{number}" }
`

acrossForges((stage) => {
  test('a directory of a repository of its own builds, is what Kubernetes takes, and goes with its pull request', {
    skip: skipWithoutKustomize(),
  }, async () => {
    await stage(
      async (s) => {
        const files = { ...WEB_BASE, ...DIRECTORY, '.supercargo/policy.yml': POLICY }
        const repository = await s.target.repository('acme/previews', files)
        const { number, head } = await s.propose('feature/login')
        const before = await s.headOf(s.manifests, 'main')
        await s.bot.pass(SOURCE)
        const texts = await treeTexts(s.target.inside, repository, 'main')
        const built = kustomizeBuild(texts, `apps/web/previews/pr-${number}`)
        assert.ok(built.ok, built.ok ? '' : built.error)
        const manifests = parseAllDocuments(built.lines.join('\n')).map((document) => document.toJS())
        for (const manifest of manifests) assertValid(manifest)
        for (const { kind } of manifests) assert.throws(() => assertValid({ kind, apiVersion: 'v0' }), kind)
        assert.deepEqual(manifests.map(({ kind }) => kind).toSorted(), Object.keys(MODELS).slice(1))
        const deployment = manifests.find(({ kind }) => kind === 'Deployment')
        assert.equal(deployment.metadata.namespace, `web-pr-${number}`)
        assert.equal(deployment.spec.template.spec.containers[0].image, `ghcr.io/acme/web:${tagOf(head)}`)
        assert.equal(await s.headOf(s.manifests, 'main'), before)

        await s.source.closeRequest(SOURCE, number)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await treeTexts(s.target.inside, repository, 'main'), files)
      },
      { config: `${CONFIG_WITH_PREVIEWS}  manifests: acme/previews\n` },
    )
  })

  test('one file on a branch of its own is what Argo CD takes, and nothing else is written anywhere', async () => {
    const config = CONFIG_WITH_PREVIEWS.replace(
      'template: apps/web/preview',
      'template: apps/web/preview.yaml',
    )
      .replace('path: apps/web/previews/pr-{number}', 'path: apps/web/previews/pr-{number}.yaml')
      .concat('  manifests: acme/k8s-manifests@previews\n')
    await stage(
      async (s) => {
        await s.person.branch('previews')
        const before = await s.headOf(s.manifests, 'main')
        const { number, head } = await s.propose('feature/login')
        const written = async () =>
          Object.fromEntries(
            Object.entries(await treeTexts(s.target.inside, s.manifests, 'previews')).filter(([path]) =>
              FILES.test(path),
            ),
          )
        await s.bot.pass(SOURCE)
        const path = `apps/web/previews/pr-${number}.yaml`
        const first = await written()
        assert.deepEqual(Object.keys(first), [path])
        const application = parse(first[path] ?? '')
        assertValid(application)
        assert.deepEqual(application.spec.source.kustomize.images, [`ghcr.io/acme/web:${tagOf(head)}`])

        const newer = await s.push('More work')
        await s.bot.pass(SOURCE)
        assert.match((await written())[path] ?? '', new RegExp(`:${tagOf(newer)}"`))
        await s.source.closeRequest(SOURCE, number)
        await s.bot.pass(SOURCE)
        assert.deepEqual(await written(), {})
        assert.equal(await s.headOf(s.manifests, 'main'), before)
        assert.deepEqual(await s.changeRequests(), [])
      },
      { config, manifests: { 'apps/web/preview.yaml': ONE_FILE } },
    )
  })
}, ONE_FORGE)
