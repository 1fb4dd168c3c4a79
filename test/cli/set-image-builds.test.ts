import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Ended, runCli, withFiles } from './run-cli.ts'

const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const list = (...images: string[]) =>
  `kind: Pod\napiVersion: v1\nspec:\n  containers:\n${images.map((image) => `    - image: ${image}\n`).join('')}`

/** Runs over one manifest beside one file that a build wrote; the manifest as it is then. */
async function built(
  manifest: string,
  output: unknown,
  args: string[],
): Promise<Ended & { manifest: string }> {
  let result: (Ended & { manifest: string }) | null = null
  const text = typeof output === 'string' ? output : JSON.stringify(output)
  await withFiles({ 'deploy/pod.yaml': manifest, 'build.json': text }, (cwd) => {
    const ended = runCli(cwd, ['set-image', 'deploy', ...args])
    result = { ...ended, manifest: readFileSync(join(cwd, 'deploy/pod.yaml'), 'utf8') }
  })
  assert.ok(result !== null)
  return result
}

// As in https://skaffold.dev/docs/references/cli/#skaffold-build and its --file-output.
const SKAFFOLD = {
  builds: [
    { imageName: 'ghcr.io/acme/web', tag: `ghcr.io/acme/web:v2@${digest('a')}` },
    { imageName: 'worker', tag: `ghcr.io/acme/worker:v2@${digest('b')}` },
  ],
}

test('--from-skaffold sets each image that was built, with the name of the default repository', async () => {
  const before = list(`ghcr.io/acme/web:v1@${digest('0')}`, 'worker', 'nginx:1')
  const { status, stderr, manifest } = await built(before, SKAFFOLD, ['--from-skaffold', 'build.json'])
  assert.equal(status, 0, stderr)
  assert.equal(manifest, list(`ghcr.io/acme/web:v2@${digest('a')}`, 'ghcr.io/acme/worker:v2', 'nginx:1'))
  const again = await built(manifest, SKAFFOLD, ['--from-skaffold', 'build.json'])
  assert.equal(again.status, 0, again.stderr)
  assert.equal(again.manifest, manifest)
})

test('an image that skaffold built and no manifest names is an error, and nothing is written', async () => {
  const before = list('ghcr.io/acme/web:v1')
  const { status, stderr, manifest } = await built(before, SKAFFOLD, ['--from-skaffold', 'build.json'])
  assert.equal(status, 1)
  assert.match(stderr, /names the image worker\./)
  assert.equal(manifest, before)
})

// As in https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file, with a name that was pushed.
const buildx = (name: string, of = digest('c')) => ({
  'buildx.build.provenance': {},
  'buildx.build.ref': 'mybuilder/mybuilder0/0fjb6ubs52xx3vygf6fgdl611',
  'containerimage.config.digest': digest('d'),
  'containerimage.descriptor': {
    mediaType: 'application/vnd.oci.image.index.v1+json',
    digest: of,
    size: 506,
  },
  'containerimage.digest': of,
  'image.name': name,
})

test('--from-buildx sets the tag and the digest that were pushed', async () => {
  for (const [name, before, after] of [
    ['ghcr.io/acme/web:v2', 'ghcr.io/acme/web:v1', 'ghcr.io/acme/web:v2'],
    ['ghcr.io/acme/web:v2', `ghcr.io/acme/web:v1@${digest('0')}`, `ghcr.io/acme/web:v2@${digest('c')}`],
    ['ghcr.io/acme/web:v2', `ghcr.io/acme/web@${digest('0')}`, `ghcr.io/acme/web@${digest('c')}`],
    ['ghcr.io/acme/web:latest,ghcr.io/acme/web:v2', 'ghcr.io/acme/web:v1', 'ghcr.io/acme/web:v2'],
    ['docker.io/library/web:v2', 'web:v1', 'web:v2'],
    ['ghcr.io/acme/web:v2,docker.io/acme/web:v2', 'docker.io/acme/web:v1', 'docker.io/acme/web:v2'],
  ] as const) {
    const { status, stderr, manifest } = await built(list(before), buildx(name), [
      '--from-buildx',
      'build.json',
    ])
    assert.equal(status, 0, stderr)
    assert.equal(manifest, list(after), name)
  }
})

test('where a build has several tags, the command line says which, and the digest comes from the build', async () => {
  const output = buildx('ghcr.io/acme/web:main,ghcr.io/acme/web:sha-1234567,ghcr.io/acme/web:latest')
  const before = list(`ghcr.io/acme/web:v1@${digest('0')}`)
  const unclear = await built(before, output, ['--from-buildx', 'build.json'])
  assert.equal(unclear.status, 2)
  assert.match(unclear.stderr, /several tags for ghcr\.io\/acme\/web: main, sha-1234567\. Say which one with/)
  const args = ['--from-buildx', 'build.json', 'ghcr.io/acme/web=sha-1234567']
  const { manifest } = await built(before, output, args)
  assert.equal(manifest, list(`ghcr.io/acme/web:sha-1234567@${digest('c')}`))
  const other = await built(before, output, ['--from-buildx', 'build.json', 'ghcr.io/acme/web=v9'])
  assert.equal(other.manifest, list('ghcr.io/acme/web:v9'))
})

test('--from-buildx reads what bake writes for each target', async () => {
  // https://docs.docker.com/reference/cli/docker/buildx/bake/#metadata-file
  const output = {
    'buildx.build.warnings': [],
    db: buildx('ghcr.io/acme/db:v2', digest('e')),
    webapp: buildx('ghcr.io/acme/web:v2', digest('f')),
  }
  const before = list(`ghcr.io/acme/web:v1@${digest('0')}`, `ghcr.io/acme/db:v1@${digest('0')}`)
  const { status, stderr, manifest } = await built(before, output, ['--from-buildx', 'build.json'])
  assert.equal(status, 0, stderr)
  assert.equal(manifest, list(`ghcr.io/acme/web:v2@${digest('f')}`, `ghcr.io/acme/db:v2@${digest('e')}`))
})

test('a build of which no name is in the manifests is an error', async () => {
  const output = buildx('ghcr.io/acme/web:v2,docker.io/acme/web:v2')
  const { status, stderr } = await built(list('nginx:1'), output, ['--from-buildx', 'build.json'])
  assert.equal(status, 1)
  assert.match(stderr, /names the image ghcr\.io\/acme\/web\./)
})

test('a file that no build has written is refused with a reason', async () => {
  for (const [args, output, reason] of [
    [['--from-skaffold', 'none.json'], '', /none\.json cannot be read: ENOENT/],
    [['--from-skaffold', 'build.json'], 'x', /build\.json is not JSON/],
    [['--from-skaffold', 'build.json'], {}, /no list "builds"/],
    [['--from-skaffold', 'build.json'], { builds: [] }, /nothing was built/],
    [['--from-skaffold', 'build.json'], { builds: [{ imageName: 'a' }] }, /without "imageName" or "tag"/],
    [
      ['--from-skaffold', 'build.json'],
      { builds: [{ imageName: 'A', tag: 'a:1' }] },
      /names "A", which is not/,
    ],
    [['--from-buildx', 'build.json'], [], /not a metadata file/],
    [
      ['--from-buildx', 'build.json'],
      { 'containerimage.digest': digest('a') },
      /names no image\. Build with --tag/,
    ],
    [['--from-buildx', 'build.json'], buildx('A B'), /names "A B", which is not/],
  ] as const) {
    const { status, stderr, stdout } = await built(list('nginx:1'), output, [...args])
    assert.deepEqual([status, stdout], [2, ''], String(reason))
    assert.match(stderr, reason)
  }
})
