// The section of docs/sandbox.md about a registry of one's own does what it says.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'yaml'
import { readSourceConfig } from '../src/config/source.ts'
import { readSettings } from '../src/doors/settings.ts'
import { GITHUB, GITLAB } from '../src/sandbox/model/flavour.ts'
import { samples } from '../src/sandbox/samples/files.ts'

const page = readFileSync('docs/sandbox.md', 'utf8')
const section = page.slice(page.indexOf('## With a registry of your own'), page.indexOf('## Webhooks'))

test('the registry announces to a door that the settings open, for the images of the sample', () => {
  const secret = '4c1f3a0f0b5d4e7f9a1d2c3b4a596877'
  const said = section.replaceAll('$SECRET', secret)
  const exported = [...said.matchAll(/^export (.*)$/gm)].flatMap(([, line = '']) => line.split(' '))
  const read = readSettings(Object.fromEntries(exported.map((each) => each.split('='))), {
    sandbox: 'allowed',
  })
  assert.ok(read.ok, JSON.stringify(read))
  const [registry] = read.settings.registries
  assert.deepEqual(
    [registry?.name, registry?.webhook?.format, registry?.webhook?.secrets],
    ['local', 'distribution', [secret]],
  )
  const { http, notifications } = parse(/<<END\n(.*?)^END$/ms.exec(said)?.[1] ?? '')
  const [endpoint] = notifications.endpoints
  assert.equal(`http://${http.addr}`, registry?.url)
  assert.equal(new URL(endpoint.url).pathname, '/webhooks/registry/local')
  assert.deepEqual(endpoint.headers, { Authorization: [`Bearer ${secret}`] })
  const { web } = samples(GITHUB, null)
  assert.ok(web.files['.github/supercargo.yml']?.includes(`image: ${registry?.host}/acme/web\n`))
})

test('the sample waits for images, and re-tags releases, after the edit that is shown', () => {
  const [, expressions = ''] = /^sed -i (.*) \.github\/supercargo\.yml$/m.exec(section) ?? []
  const args = [...expressions.matchAll(/-e '([^']+)'/g)].flatMap(([, each = '']) => ['-e', each])
  assert.equal(args.length, 4)
  for (const flavour of [GITHUB, GITLAB]) {
    const file = `.${flavour.kind}/supercargo.yml`
    const before = samples(flavour, null).web.files[file] ?? ''
    const text = execFileSync('sed', args, { input: before, encoding: 'utf8' })
    const read = readSourceConfig(file, text, { forge: flavour.kind, path: 'acme/web' })
    assert.ok(read.ok, JSON.stringify(read))
    const environments = read.value.apps[0]?.environments ?? []
    assert.deepEqual(
      environments.map(({ name, ready, retag }) => [name, ready.image, retag !== null]),
      [
        ['staging', true, false],
        ['production', true, true],
      ],
    )
  }
})
