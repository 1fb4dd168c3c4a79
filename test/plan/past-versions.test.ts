import assert from 'node:assert/strict'
import { test } from 'node:test'
import { versionBefore } from '../../src/plan/versions/past-versions.ts'

const ROWS: [title: string, past: string, before: string | null][] = [
  ['there is none before the first', '1', null],
  ['there is none where nothing is known', '', null],
  ['the one before the newest', '1 2 3', '2'],
  ['commits that do not change the version do not count', '1 2 2 3 3', '2'],
  ['a rollback of a rollback goes further back, not forward again', '1 2 3 2', '1'],
  ['also one over several versions', '1 2 3 4 2', '1'],
  ['there is none before the first, also after going back to it', '1 2 1', null],
  ['after going on from there, what was rolled back from does not count', '1 2 3 2 4', '2'],
  ['after going on to what was rolled back from', '1 2 3 2 3', '2'],
  ['what nobody can tell is passed over', '1 ? 2 ? 3', '2'],
]

for (const [title, past, before] of ROWS) {
  test(`the version before: ${title}`, () => {
    const versions = past.split(' ').map((each) => (each === '?' || each === '' ? null : each))
    assert.equal(versionBefore(versions), before)
  })
}
