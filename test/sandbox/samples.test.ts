import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { decide } from '../../src/config/consent.ts'
import { readPolicy } from '../../src/config/policy.ts'
import { readSourceConfig } from '../../src/config/source.ts'
import { seedSamples } from '../../src/sandbox/index.ts'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { kustomizeBuild, skipWithoutKustomize } from '../support/kustomize.ts'
import { fileText, fsck, headOf, startSandbox, type TestSandbox, treeTexts } from '../support/sandbox.ts'

let world: TestSandbox
let web: Repository
let manifests: Repository
before(async () => {
  world = await startSandbox()
  ;({ web, manifests } = await seedSamples(world.model))
})
after(() => world.close())

test('the samples are there for a clone, with the app installed on their owner', async () => {
  const clone = await world.clone('acme/web')
  assert.match(await clone.git('log', '--format=%an'), /^You$/)
  assert.equal(world.installation('acme').repositories, 'all')
  assert.equal(await fsck(world, web), '')
  assert.equal(await fsck(world, manifests), '')
})

test('making the samples again changes nothing that people have made of them', async () => {
  const clone = await world.clone('acme/web')
  const head = await clone.commit({ 'new.txt': 'mine\n' })
  await clone.push()
  await seedSamples(world.model)
  assert.equal(await headOf(world, web, 'main'), head)
  assert.equal(world.model.tables.repositories.all().length, 2)
})

test('configuration and policy of the samples are valid, and the policy accepts what is asked', async () => {
  const source = { forge: 'github', path: 'acme/web' }
  const target = { forge: 'github', path: 'acme/k8s-manifests' }
  const written = await fileText(world, web, 'main', '.github/supercargo.yml')
  const config = readSourceConfig('.github/supercargo.yml', written ?? '', source)
  assert.ok(config.ok, JSON.stringify(config))
  const accepted = await fileText(world, manifests, 'main', '.supercargo/policy.yml')
  const policy = readPolicy('.supercargo/policy.yml', accepted ?? '', target)
  assert.ok(policy.ok, JSON.stringify(policy))
  const [app] = config.value.apps
  const { previews } = app ?? {}
  assert.ok(app && previews)
  for (const { name, path, images, merge } of app.environments) {
    const decision = decide(policy.value, source, target, { name, paths: [path], images, merge })
    assert.deepEqual(decision, { allowed: true, merge: 'review', downgraded: null, gates: [] }, name)
  }
  const { images, merge } = previews
  const wish = { name: 'previews', paths: ['apps/web/previews/pr-1'], images, merge }
  const decision = decide(policy.value, source, target, wish)
  assert.deepEqual(decision, { allowed: true, merge: 'direct', downgraded: null, gates: [] })
  assert.equal(previews.merge, 'direct')
})

test('every path that the configuration names is there', async () => {
  const files = Object.keys(await treeTexts(world, manifests, 'main'))
  for (const path of ['apps/web/overlays/staging', 'apps/web/overlays/production', 'apps/web/preview']) {
    assert.ok(
      files.some((file) => file.startsWith(`${path}/`)),
      path,
    )
  }
})

test('the samples build', { skip: skipWithoutKustomize() }, async () => {
  const files = await treeTexts(world, manifests, 'main')
  for (const [path, text] of Object.entries(files)) {
    if (!path.startsWith('apps/web/preview/')) continue
    const rendered = text.replaceAll('{number}', '7').replaceAll('{tag}', 'abc').replaceAll('{host}', 'h.dev')
    files[path.replace('apps/web/preview/', 'apps/web/previews/pr-7/')] = rendered
  }
  for (const directory of ['overlays/staging', 'overlays/production', 'previews/pr-7']) {
    const build = kustomizeBuild(files, `apps/web/${directory}`)
    assert.ok(build.ok, JSON.stringify(build))
    assert.ok(
      build.lines.some((line) => /image: ghcr.io\/acme\/web:\w+/.test(line)),
      directory,
    )
  }
})
