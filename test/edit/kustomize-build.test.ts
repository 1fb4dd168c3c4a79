import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseImageName, readReference } from '../../src/domain/image.ts'
import { setImage } from '../../src/edit/set-image.ts'
import { kustomizeBuild, skipWithoutKustomize } from '../support/kustomize.ts'

const skip = skipWithoutKustomize()
const IMAGE = 'ghcr.io/acme/web'
const golden = join(import.meta.dirname, 'golden', 'kustomize')

function pod(name: string, images: string[]): string {
  const containers = images.map((image, index) => `  - name: c${index}\n    image: "${image}"\n`)
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\nspec:\n  containers:\n${containers.join('')}`
}

const COMMON = [`${IMAGE}:base`, 'web:base', `${IMAGE}-ui:base`, 'redis:base', 'nginx:base']

/** A base with a container of each image, and of each that the overlay has an entry for. */
function baseOf(...names: string[]): Record<string, string> {
  const isBare = (name: string) => name === 'placeholder' || readReference(name)?.tag !== null
  const images = names.map((name) => (isBare(name) ? name : `${name}:base`))
  return {
    'base/kustomization.yaml': 'resources:\n- pod.yaml\n',
    'base/pod.yaml': pod('web', [...new Set([...COMMON, ...images])]),
  }
}

const base = baseOf()

/**
 * What our editors take and kustomize does not: it refuses keys that it does not know and entries of other
 * shapes, and takes the brackets of an IPv6 address for a pattern.
 */
const NOT_BUILT = [
  'a-helm-chart-in-a-kustomization-leaves-its-version',
  'a-list-of-images-that-is-no-list-is-no-entry',
  'a-name-of-a-registry-by-its-ipv6-address',
  'an-entry-over-an-alias-of-its-list',
  'an-entry-without-a-name-is-passed-over',
  'unknown-keys-of-an-entry-stay',
]

/** What kustomize renders before and after, and the lines that differ. */
function render(
  files: Record<string, string>,
  directory: string,
  tag: string,
  digest?: string,
  image = IMAGE,
) {
  const under = Object.entries(files).filter(([path]) => path.startsWith('apps/') || directory !== 'apps/web')
  const report = setImage(
    under.map(([path, text]) => ({ path, text })),
    parseImageName(image),
    digest === undefined ? { tag } : { tag, digest },
    { addUnder: directory },
  )
  assert.deepEqual(report.refusals, [])
  const after = { ...files }
  for (const edit of report.edits) after[edit.path] = edit.after
  const old = kustomizeBuild(files, directory)
  const now = kustomizeBuild(after, directory)
  assert.ok(now.ok, now.ok ? '' : now.error)
  if (!old.ok) return { now: now.lines, changed: null, error: old.error }
  assert.equal(now.lines.length, old.lines.length)
  const changed = now.lines.filter((line, index) => line !== old.lines[index]).map((line) => line.trim())
  return { now: now.lines, changed, error: null }
}

const overlays = readdirSync(golden)
  .map((name) => ({ name, ...JSON.parse(readFileSync(join(golden, name, 'case.json'), 'utf8')) }))
  .flatMap(({ name, ...spec }) => {
    const path = ['kustomization.yaml', 'apps/web/kustomization.yaml']
      .map((file) => join(golden, name, 'before', file))
      .find((file) => existsSync(file))
    const text = path === undefined ? '' : readFileSync(path, 'utf8')
    const isOne =
      !NOT_BUILT.includes(name) &&
      spec.refusals === undefined &&
      spec.seen === undefined &&
      text.includes('../../base')
    return isOne ? [{ name, text, spec }] : []
  })

test('the golden overlays that kustomize renders are many', () => {
  assert.ok(overlays.length > 40, String(overlays.length))
})

for (const { name, text, spec } of overlays) {
  test(`kustomize renders the intended image and nothing else: ${name.replaceAll('-', ' ')}`, {
    skip,
  }, () => {
    const entries = [...text.matchAll(/\bname" ?: *"?|\bname: *["']?/g)].flatMap(
      ({ index, 0: key }) => /^[^\s"',}]+/.exec(text.slice(index + key.length)) ?? [],
    )
    const files = { ...baseOf(spec.image, ...entries), 'apps/web/kustomization.yaml': text }
    const { now, changed, error } = render(files, 'apps/web', spec.tag, spec.digest, spec.image)
    const version = new RegExp(`[:@](?:${spec.tag}|${spec.digest ?? spec.tag})"?$`)
    const isWished = (line: string) => /^- image: |^image: /.test(line.trim()) && version.test(line)
    assert.ok(now.some(isWished), now.join('\n'))
    if (changed === null) assert.match(error, /cannot unmarshal|not valid|invalid/)
    else for (const line of changed) assert.ok(isWished(line), line)
    const covers = spec.addUnder !== undefined || /name: +'?ghcr\.io\/acme\/web'?[\s,}]/.test(text)
    if (covers && spec.image === IMAGE)
      assert.ok(!now.some((line) => line.endsWith(`${IMAGE}:base`)), now.join('\n'))
  })
}

const entry = `images:\n- name: ${IMAGE}\n  newTag: v1\n`

test('a component, an overlay and its base build to the one version', { skip }, () => {
  const files = {
    'component/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${entry}`,
    'base/kustomization.yaml': 'resources: [pod.yaml]\n',
    'base/pod.yaml': pod('web', [`${IMAGE}:latest`, 'redis:7']),
    'overlay/kustomization.yaml': 'resources: [../base]\ncomponents: [../component]\n',
  }
  const { changed } = render(files, 'overlay', 'v2')
  assert.deepEqual(changed, [`- image: ${IMAGE}:v2`])
})

test('a patch beside a component decides, and is updated as well', { skip }, () => {
  const files = {
    'component/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n${entry}`,
    'overlay/kustomization.yaml':
      'resources: [pod.yaml]\ncomponents: [../component]\npatches: [{path: patch.yaml}]\n',
    'overlay/pod.yaml': pod('web', [`${IMAGE}:latest`, 'redis:7']),
    'overlay/patch.yaml': pod('web', [`${IMAGE}:patched`]),
  }
  const { changed } = render(files, 'overlay', 'v2')
  assert.deepEqual(changed, [`- image: ${IMAGE}:v2`])
})

test('a transformer decides over entries and resources', { skip }, () => {
  const files = {
    'o/kustomization.yaml': `resources: [pod.yaml]\ntransformers: [image.yaml]\n${entry}`,
    'o/pod.yaml': pod('web', [`${IMAGE}:latest`, 'redis:7']),
    'o/image.yaml': `apiVersion: builtin\nkind: ImageTagTransformer\nmetadata: {name: x}\nimageTag: {name: ${IMAGE}, newTag: v1}\n`,
  }
  const { changed } = render(files, 'o', 'v2')
  assert.deepEqual(changed, [`- image: ${IMAGE}:v2`])
})

for (const name of [
  'entries-reach-nothing-but-containers',
  'entries-reach-fields-that-a-configuration-names',
]) {
  test(`kustomize leaves no other version: ${name.replaceAll('-', ' ')}`, { skip }, () => {
    const folder = join(golden, '../overrides', name, 'before')
    const files = Object.fromEntries(
      readdirSync(folder).map((file) => [`o/${file}`, readFileSync(join(folder, file), 'utf8')]),
    )
    const { now, changed } = render(files, 'o', 'v2')
    assert.ok((changed ?? []).length > 1)
    for (const line of now.filter((each) => each.includes(IMAGE))) assert.ok(line.endsWith(':v2'), line)
  })
}

test('an entry for a placeholder and the full name beside it both build to the version', { skip }, () => {
  const files = {
    'o/kustomization.yaml': `resources: [pod.yaml]\nimages:\n- name: web\n  newName: ${IMAGE}\n  newTag: v1\n`,
    'o/pod.yaml': pod('web', [`${IMAGE}:latest`, 'web:latest', 'redis:7']),
  }
  const { changed } = render(files, 'o', 'v2')
  assert.deepEqual(changed, [`- image: ${IMAGE}:v2`, `- image: ${IMAGE}:v2`])
})

test('a number that stood as a tag did not build before, and builds after', { skip }, () => {
  const files = {
    ...base,
    'apps/web/kustomization.yaml': `resources: [../../base]\nimages: [{name: ${IMAGE}, newTag: 1234567}]\n`,
  }
  const { now, error } = render(files, 'apps/web', '1234567')
  assert.match(error ?? '', /cannot unmarshal number/)
  assert.ok(now.some((line) => line.endsWith(`${IMAGE}:1234567`)))
})
