import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runCli, withFiles } from './run-cli.ts'

const env = (tag: string, marker: string) => `WEB_TAG=${tag} # supercargo: ${marker}\n`

test('markers mean the app that is named like the image, or the one that --app names', async () => {
  await withFiles({ '.env': env('v1', 'web:tag'), 'other.env': env('v1', 'shop:tag') }, (cwd) => {
    const read = (path: string) => readFileSync(join(cwd, path), 'utf8')
    assert.equal(runCli(cwd, ['set-image', 'ghcr.io/acme/web=v2']).status, 0)
    assert.deepEqual([read('.env'), read('other.env')], [env('v2', 'web:tag'), env('v1', 'shop:tag')])
    assert.equal(runCli(cwd, ['set-image', 'ghcr.io/acme/web=v3', '--app', 'shop']).status, 0)
    assert.deepEqual([read('.env'), read('other.env')], [env('v2', 'web:tag'), env('v3', 'shop:tag')])
  })
})

test('an app that two images could mean is neither of them', async () => {
  await withFiles({ '.env': env('v1', 'web:tag') }, (cwd) => {
    const { status, stderr } = runCli(cwd, ['set-image', 'ghcr.io/acme/web=v2', 'ghcr.io/other/web=v3'])
    assert.equal(status, 1)
    assert.match(stderr, /names the image ghcr\.io\/acme\/web\./)
    assert.equal(readFileSync(join(cwd, '.env'), 'utf8'), env('v1', 'web:tag'))
  })
})

test('--policy says which image a Flux marker means', async () => {
  const values = (tag: string) => `web:\n  version: ${tag} # {"$imagepolicy": "flux-system:web:tag"}\n`
  await withFiles({ 'values.yaml': values('1.0.0') }, (cwd) => {
    const set = (...policy: string[]) => runCli(cwd, ['set-image', 'ghcr.io/acme/web=1.1.0', ...policy])
    assert.equal(set().status, 1)
    assert.equal(set('--policy', 'flux-system:web=ghcr.io/acme/web').status, 0)
    assert.equal(readFileSync(join(cwd, 'values.yaml'), 'utf8'), values('1.1.0'))
    assert.match(set('--policy', 'flux-system:web').stdout, /nothing to do/)
  })
})

test('a place of which a marker asks the version or the name alone is said to be updated, from what to what', async () => {
  const chart = (version: string) => `apiVersion: v2\nappVersion: ${version} # supercargo: web:version\n`
  const names = 'NAME=ghcr.io/old/web # supercargo: web:name\n'
  await withFiles({ 'Chart.yaml': chart('1.0.0'), '.env': names + env('v1.0.0', 'web:tag') }, (cwd) => {
    const { stdout } = runCli(cwd, ['set-image', 'ghcr.io/acme/web=v1.1.0'])
    assert.match(stdout, /Chart\.yaml:2 +updated +1\.0\.0 +1\.1\.0$/m)
    assert.match(stdout, /\.env:1 +updated +– +–$/m)
    const again = runCli(cwd, ['set-image', '--json', 'ghcr.io/acme/web=v1.1.0']).stdout
    assert.match(again, /"before": "1\.1\.0",\s+"after": "1\.1\.0"/)
    assert.match(runCli(cwd, ['set-image', 'ghcr.io/acme/web=v1.1.0']).stdout, /nothing to do/)
  })
})
