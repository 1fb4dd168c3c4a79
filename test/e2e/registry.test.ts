// From a commit whose image is not built to its release: the server as it is deployed, a forge, and Debian's
// registry, which announces what is pushed to it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { before, test } from 'node:test'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { buildOnce } from '../support/build-once.ts'
import { cosign, importKey, skipWithoutCosign } from '../support/cosign.ts'
import { eventually } from '../support/eventually.ts'
import { type FakeHarbor, startFakeHarbor } from '../support/fake-harbor.ts'
import { skipWithoutRegistry, skipWithoutSkopeo, type TestRegistry } from '../support/registry.ts'
import { acrossForges, PAIRS } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'
import { serveStage } from './registry-scene.ts'

const skip = skipWithoutRegistry()
let build: string
before(async () => {
  if (skip === false) build = await buildOnce()
})

const WEB = 'acme/web'
const overlay = (host: string, name: string, tag: string) =>
  kustomization(tag).replace(`ghcr.io/${WEB}`, `${host}/${name}`)
const staging = (host: string) => ({ [STAGING]: overlay(host, WEB, '0000000') })

acrossForges(
  (stage) => {
    test('a commit waits for its image, moves when that is announced, and is released with the same digest', {
      skip: skipWithoutSkopeo(),
      timeout: 180_000,
    }, async (context) => {
      const config = (host: string) => `manifests: acme/k8s-manifests
image: ${host}/${WEB}
environments:
  staging: { follow: branch main, path: apps/web/overlays/staging }
  production: { follow: tag v*, path: apps/web/overlays/production, retag: true, pin: digest }
`
      const manifests = (host: string) => ({
        ...staging(host),
        [PRODUCTION]: overlay(host, WEB, 'v0.0.0'),
      })
      await serveStage(stage, build, { config, manifests }, async (s) => {
        const { registry } = s
        const commit = await s.push('Say hello')
        const tag = commit.slice(0, 7)
        await s.told(commit, new RegExp(`${tag} waits for its image ${registry.host}/acme/web:${tag}`))
        assert.deepEqual(await s.states(), [])

        const pushed = performance.now()
        const images = [{ labels: { cpu: 'a' } }, { labels: { cpu: 'b' }, platform: 'linux/arm64' }]
        const digest = await registry.pushIndex(WEB, tag, images)
        const { number } = await s.proposed('staging', tag)
        const took = performance.now() - pushed
        context.diagnostic(`from the push of the image to its change request: ${Math.round(took)} ms`)
        assert.match(
          await s.page(),
          new RegExp(`Announces ${registry.host}/acme/web: tag ${tag} was pushed\\.`),
        )
        assert.equal(await s.manifest(STAGING, 'supercargo/web/staging'), overlay(registry.host, WEB, tag))
        await s.person.merge(number)

        await s.clone.git('tag', 'v1.0.0')
        await s.clone.git('push', '--quiet', 'origin', 'v1.0.0')
        const release = await s.proposed('production', 'v1.0.0')
        assert.equal(digestBySkopeo(registry, 'v1.0.0'), digest)
        assert.ok(release.body.includes(`\`${digest}\` = \`${tag}\` = \`v1.0.0\``), release.body)
        const text = await s.manifest(PRODUCTION, 'supercargo/web/production')
        assert.match(text ?? '', new RegExp(`newTag: "v1.0.0"\\n    digest: ${digest}\\n`))
      })
    })

    test('an image with a tag of its builder, which names no commit, is known by its labels', {
      skip,
      timeout: 120_000,
    }, async () => {
      const config = (host: string) => `manifests: acme/k8s-manifests
image: ${host}/${WEB}
tag: "b{n}.{timestamp}"
environments:
  staging: { follow: branch main, path: apps/web/overlays/staging }
`
      await serveStage(stage, build, { config, manifests: staging }, async (s) => {
        const built = async (message: string, tag: string) => {
          const commit = await s.push(message)
          const labels = { 'org.opencontainers.image.revision': commit }
          await s.registry.pushImage(WEB, tag, { labels })
        }
        await built('Begin', 'b9.20260301.101500')
        const { number } = await s.proposed('staging', 'b9.20260301.101500')
        await s.person.merge(number)
        const between = await s.push('Greet the whole crew')
        await built('Mend the anchor', 'b10.20260301.101600')
        const { body } = await s.proposed('staging', 'b10.20260301.101600')
        for (const listed of ['Greet the whole crew', between.slice(0, 7), 'Mend the anchor'])
          assert.ok(body.includes(listed), body)
      })
    })

    test('images that no repository feeds move when they are pushed', {
      skip,
      timeout: 120_000,
    }, async () => {
      const config = (host: string) => `manifests: acme/k8s-manifests
environments:
  cache: { image: ${host}/platform/redis, follow: registry ^1.2, path: platform/redis }
  edge: { image: ${host}/platform/edge, follow: registry newest matching "main-*", path: platform/edge }
  nightly: { image: ${host}/platform/nightly, follow: registry digest latest, path: platform/nightly }
`
      const manifests = (host: string) =>
        Object.fromEntries(
          [
            ['redis', '1.2.0'],
            ['edge', 'main-9'],
            ['nightly', 'latest'],
          ].map(([name, tag]) => [
            `platform/${name}/kustomization.yaml`,
            overlay(host, `platform/${name}`, tag ?? ''),
          ]),
        )
      await serveStage(stage, build, { config, manifests }, async (s) => {
        const { registry } = s
        const commit = await s.push('Who begins, is looked at')
        await s.told(commit, /./)
        await registry.pushImage('platform/redis', '1.10.0')
        await s.proposed('cache', '1.10.0')
        await registry.pushImage('platform/redis', '2.0.0')
        await registry.pushImage('platform/edge', 'main-10')
        await s.proposed('edge', 'main-10')
        const digest = await registry.pushImage('platform/nightly', 'latest')
        await s.proposed('nightly', 'latest')
        const text = await s.manifest('platform/nightly/kustomization.yaml', 'supercargo/web/nightly')
        assert.match(text ?? '', new RegExp(`digest: ${digest}\\n`))
        const moved = await registry.pushImage('platform/nightly', 'latest')
        const isThere = async () =>
          (await s.manifest('platform/nightly/kustomization.yaml', 'supercargo/web/nightly'))?.includes(moved)
        await eventually('the digest that the tag has now is proposed', isThere, 10_000)
        assert.match(
          (await s.manifest('platform/redis/kustomization.yaml', 'supercargo/web/cache')) ?? '',
          /"1\.10\.0"/,
        )
      })
    })

    test('an image that nobody has signed waits and says so, and moves when cosign has signed it', {
      skip: skip || skipWithoutCosign(),
      timeout: 120_000,
    }, async () => {
      const directory = mkdtempSync(join(tmpdir(), 'supercargo-cosign-'))
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const key = publicKey.export({ type: 'spki', format: 'pem' }).toString().trim()
      const config = (host: string) => `manifests: acme/k8s-manifests
image: ${host}/${WEB}
gates:
  signature:
    key: |
${key.replace(/^/gm, '      ')}
environments:
  staging: { follow: branch main, path: apps/web/overlays/staging }
`
      try {
        await importKey(directory, 'ci', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
        await serveStage(stage, build, { config, manifests: staging }, async (s) => {
          const commit = await s.push()
          const tag = commit.slice(0, 7)
          const digest = await s.registry.pushImage(WEB, tag)
          const reference = `${s.registry.host}/${WEB}@${digest}`
          await s.told(commit, /is not signed as it must be: Nobody has signed/)
          assert.deepEqual(await s.states(), [])
          const quiet = ['-y', '--allow-http-registry', '--use-signing-config=false', '--tlog-upload=false']
          await cosign(directory, 'sign', '--key', 'ci.key', ...quiet, reference)
          const { body } = await s.proposed('staging', tag)
          assert.match(body, /It is signed by the configured key\./)
        })
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    })

    test('an image that is too vulnerable is refused with what was found, and a clean scan moves the next', {
      skip,
      timeout: 120_000,
    }, async () => {
      let harbor: FakeHarbor | undefined
      const settings = async (registry: TestRegistry) => {
        harbor = await startFakeHarbor(registry)
        return { host: harbor.host, variables: { SCANNER: 'harbor', WEBHOOK: 'harbor' } }
      }
      const config = (host: string) => `manifests: acme/k8s-manifests
image: ${host}/${WEB}
gates: { scan: high }
environments:
  staging: { follow: branch main, path: apps/web/overlays/staging }
`
      try {
        await serveStage(stage, build, { config, manifests: staging, settings }, async (s) => {
          const scans = harbor?.scans ?? new Map()
          const pushed = (commit: string) => s.registry.pushImage(WEB, commit.slice(0, 7))
          const announce = async (type: string, digest: string) => {
            const resources = [{ digest, tag: digest, resource_url: `elsewhere.example/${WEB}@${digest}` }]
            const repository = { name: 'web', namespace: 'acme', repo_full_name: WEB, repo_type: 'private' }
            const event = {
              type,
              occur_at: Date.now(),
              operator: 'ci',
              event_data: { resources, repository },
            }
            const body = JSON.stringify(event)
            const { status } = await fetch(s.door.url, { method: 'POST', headers: s.door.headers, body })
            assert.equal(status, 202)
          }
          const bad = await s.push('Bring in barnacles')
          const worst = await pushed(bad)
          await announce('PUSH_ARTIFACT', worst)
          await s.told(bad, /waits for a scan of/)
          scans.set(worst, { Critical: 2, High: 1, Low: 4 })
          await announce('SCANNING_COMPLETED', worst)
          await s.told(bad, /The scanner found 2 critical, 1 high, 4 low in /)
          assert.deepEqual(await s.states(), [])

          const good = await s.push('Scrape them off')
          const clean = await pushed(good)
          await announce('PUSH_ARTIFACT', clean)
          await s.told(good, /waits for a scan of/)
          scans.set(clean, { Low: 4 })
          await announce('SCANNING_COMPLETED', clean)
          const { body } = await s.proposed('staging', good.slice(0, 7))
          assert.match(body, /The scanner found nothing of severity high or worse \(4 low\)\./)
        })
      } finally {
        await harbor?.close()
      }
    })
  },
  PAIRS.slice(0, 2),
)

function digestBySkopeo({ host }: TestRegistry, tag: string): string {
  const args = ['inspect', '--tls-verify=false', '--format', '{{.Digest}}', `docker://${host}/${WEB}:${tag}`]
  return execFileSync('skopeo', args, { encoding: 'utf8' }).trim()
}
