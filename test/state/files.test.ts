import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { StateChange, StateSnapshot } from '../../src/forge/state.ts'
import { environmentFile, placesFile, previewFile, readState, stateDirectory } from '../../src/state/files.ts'
import type { SourceState, StateRead } from '../../src/state/state.ts'

const SOURCE = { forge: 'github', id: 'R_1' }
const HEAD = 'a'.repeat(40)
const SAID = { by: 'alice', at: '2026-01-02T03:04:05.000Z', url: null, reason: null }
const LOCK = { lock: { ...SAID, until: null, pin: null }, promotion: null }

function snapshot(files: Record<string, string | null>, trusted = true): StateSnapshot {
  return { head: HEAD, files, messages: [], trusted }
}

function filesOf(changes: StateChange[]): Record<string, string | null> {
  return Object.fromEntries(changes.map(({ path, content }) => [path, content]))
}

function refusal(read: StateRead): string {
  assert.ok(!read.ok)
  return read.message
}

test('whatever is written is read again as it was', () => {
  const name = fc.stringMatching(/^[a-z0-9](?:[a-z0-9-]{0,9}[a-z0-9])?$/)
  const time = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  const text = fc.string({ minLength: 1, unit: 'binary' })
  const commit = fc.stringMatching(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
  const at = time.map((date) => date.toISOString())
  const said = { by: text, at, url: fc.option(fc.webUrl()), reason: fc.option(fc.string()) }
  const saidWith = <T extends object>(more: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.option(fc.record({ ...said, ...more }) as fc.Arbitrary<typeof SAID & T>)
  const version = fc.record({ tag: text, commit: fc.option(commit) })
  const environment = fc.record({
    lock: saidWith({ until: fc.option(at), pin: fc.option(version) }),
    promotion: saidWith({ version, instead: fc.option(fc.string({ minLength: 1 })) }),
  })
  const preview = fc.record({
    wanted: saidWith({ is: fc.constantFrom('up' as const, 'down' as const) }),
    approved: saidWith({ commit }),
    pinned: saidWith({}),
    extended: saidWith({ seconds: fc.option(fc.integer({ min: 1 })) }),
  })
  const place = fc.record({
    source: text,
    at: fc.array(fc.record({ branch: fc.option(text), path: text }), { minLength: 1 }),
  })
  const target = fc.tuple(name, name).map((names) => names.join('/'))
  const numbered = fc.tuple(name, fc.integer({ min: 1, max: 2 ** 31 })).map((names) => names.join('/'))
  const state = fc.record({
    environments: fc.dictionary(target, environment, { noNullPrototype: true }),
    previews: fc.dictionary(numbered, preview, { noNullPrototype: true }),
    places: fc.dictionary(name, place, { noNullPrototype: true }),
  })
  fc.assert(
    fc.property(state, (value) => {
      const changes = [
        ...Object.entries(value.environments).map(([key, each]) => {
          const [app = '', environment = ''] = key.split('/')
          return environmentFile(SOURCE, app, environment, each)
        }),
        ...Object.entries(value.previews).map(([key, each]) => {
          const [app = '', number = ''] = key.split('/')
          return previewFile(SOURCE, app, Number(number), each)
        }),
        ...Object.entries(value.places).map(([app, each]) => placesFile(SOURCE, app, each)),
      ]
      const read = readState(SOURCE, snapshot(filesOf(changes)))
      assert.deepEqual(read, { ok: true, head: HEAD, value: JSON.parse(JSON.stringify(value)) })
    }),
  )
})

test('without a branch nothing was said, and without a look nobody knows', () => {
  const nothing: SourceState = { environments: {}, previews: {}, places: {} }
  const read = readState(SOURCE, { head: null, files: {}, messages: [], trusted: true })
  assert.deepEqual(read, { ok: true, head: null, value: nothing })
  assert.match(refusal(readState(SOURCE, undefined)), /it was not read/)
})

test('a branch with commits of others is not believed, whatever it says', () => {
  const message = refusal(readState(SOURCE, snapshot({}, false)))
  assert.match(message, /supercargo\/state .*somebody else committed.*delete it/)
})

const path = environmentFile(SOURCE, 'web', 'production', null).path
const written = environmentFile(SOURCE, 'web', 'production', LOCK).content ?? ''

for (const [what, file, text] of [
  ['a file that is no JSON', path, written.slice(1)],
  ['a binary file', path, null],
  ['an empty file', path, ''],
  ['a file with another shape', path, '[]'],
  ['a file that lacks something', path, '{ "lock": null }'],
  ['a file with something more', path, '{ "lock": null, "promotion": null, "hold": true }'],
  ['a prototype instead of a lock', path, '{ "__proto__": { "lock": null }, "promotion": null }'],
  ['a prototype beside a lock', path, '{ "__proto__": {}, "lock": null, "promotion": null }'],
  ['a lock without its time', path, written.replace(SAID.at, 'yesterday')],
  ['a file of an unknown kind', `${stateDirectory(SOURCE)}/web/quotas.json`, '{}'],
  ['a file of an app with an impossible name', path.replace('/web/', '/__proto__/'), written],
  ['a file of a preview without a number', previewFile(SOURCE, 'web', 0, null).path, 'null'],
  ['a file of another application', environmentFile({ ...SOURCE, id: '2' }, 'web', 'x', null).path, written],
] as const) {
  test(`${what} makes everything unreadable, and is named`, () => {
    assert.ok(refusal(readState(SOURCE, snapshot({ [file]: text }))).includes(file))
  })
}

test('the file that all of these are made from can be read', () => {
  const read = readState(SOURCE, snapshot({ [path]: written }))
  assert.deepEqual(read.ok && read.value.environments, { 'web/production': LOCK })
})
