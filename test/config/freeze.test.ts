import assert from 'node:assert/strict'
import { test } from 'node:test'
import { freezeAt } from '../../src/config/freeze.ts'
import { readPolicy } from '../../src/config/policy.ts'
import { instantOf, isZone, readLocalTime } from '../../src/domain/zoned-time.ts'
import { MANIFESTS } from './problems-of.ts'

/** When the environment is free again, or `free`. */
function ask(freezes: string[], environment: string, now: string): string {
  const text = `accept: []\nfreeze:\n${freezes.map((each) => `  - ${each}\n`).join('')}`
  const policy = readPolicy('p', text, MANIFESTS)
  assert.ok(policy.ok, JSON.stringify(policy))
  return freezeAt(policy.value, environment, new Date(now))?.until ?? 'free'
}

test('a freeze holds from its first day to the end of its last one, by the clocks of its zone', () => {
  const holidays = ['{ from: 2026-12-24, to: 2027-01-02, zone: Europe/Berlin, except: [staging] }']
  const at = (now: string, environment = 'production') => ask(holidays, environment, now)
  assert.equal(at('2026-12-23T22:59:59.999Z'), 'free')
  assert.equal(at('2026-12-23T23:00:00Z'), '2027-01-02T23:00:00.000Z')
  assert.equal(at('2027-01-02T22:59:59.999Z'), '2027-01-02T23:00:00.000Z')
  assert.equal(at('2027-01-02T23:00:00Z'), 'free')
  assert.equal(at('2026-12-30T00:00:00Z', 'staging'), 'free')
})

test('a freeze may be of hours, in UTC where no zone is named, and of some environments only', () => {
  const hours = ['{ from: 2026-06-01T18:00, to: "2026-06-01 20:30", only: production }']
  assert.equal(ask(hours, 'production', '2026-06-01T18:00:00Z'), '2026-06-01T20:30:00.000Z')
  assert.equal(ask(hours, 'production', '2026-06-01T20:30:00Z'), 'free')
  assert.equal(ask(hours, 'staging', '2026-06-01T18:00:00Z'), 'free')
})

test('freezes that follow one another are one, and a gap ends them', () => {
  const three = [
    '{ from: 2026-01-05, to: 2026-01-05 }',
    '{ from: 2026-01-01, to: 2026-01-02T12:00, reason: Audit }',
    '{ from: 2026-01-02, to: 2026-01-03 }',
  ]
  assert.equal(ask(three, 'production', '2026-01-01T00:00:00Z'), '2026-01-04T00:00:00.000Z')
  assert.equal(ask(three, 'production', '2026-01-04T12:00:00Z'), 'free')
  assert.equal(ask(three, 'production', '2026-01-05T12:00:00Z'), '2026-01-06T00:00:00.000Z')
  const policy = readPolicy('p', `accept: []\nfreeze: [${three[1]}]`, MANIFESTS)
  assert.ok(policy.ok)
  assert.equal(freezeAt(policy.value, 'x', new Date('2026-01-01T00:00:00Z'))?.reason, 'Audit')
  assert.equal(freezeAt({ accept: [] }, 'x', new Date()), null)
  assert.equal(freezeAt(null, 'x', new Date()), null)
})

test('times are those of the zone also where its clocks are changed', () => {
  const instant = (text: string, zone: string) => {
    const time = readLocalTime(text)
    assert.ok(time)
    return instantOf(time, zone).toISOString().slice(0, 16)
  }
  for (const [text, zone, expected] of [
    ['2026-07-01', 'Europe/Berlin', '2026-06-30T22:00'],
    ['2026-01-01', 'America/New_York', '2026-01-01T05:00'],
    ['2026-01-01', 'Asia/Kathmandu', '2025-12-31T18:15'],
    ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00'],
    ['2026-01-01', 'Pacific/Pago_Pago', '2026-01-01T11:00'],
    ['2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59'],
    // clocks go from 02:00 to 03:00
    ['2026-03-29T02:30', 'Europe/Berlin', '2026-03-29T01:30'],
    ['2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00'],
    // clocks show this twice
    ['2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30'],
    ['2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00'],
  ] as const) {
    assert.equal(instant(text, zone), expected, `${text} ${zone}`)
  }
})

test('zones are names of the IANA database, and days are those of the calendar', () => {
  assert.deepEqual(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'].map(isZone), [
    true,
    true,
    true,
    true,
  ])
  assert.deepEqual(
    ['', 'Berlin', 'europe/berlin', '+01:00', 'CET', 'Europe/Berlinn', 'Local'].map(isZone),
    Array(7).fill(false),
  )
  const none = ['2026-02-29', '2026-13-01', '2026-1-1', '2026-01-01T24:00', '2026-01-01T10:00Z', '', 'x']
  assert.deepEqual(none.map(readLocalTime), Array(7).fill(null))
})
