import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitGraph, relate } from '../../src/plan/versions/lineage.ts'
import { commit, line, oid, onMain } from '../support/world.ts'

const MERGED = [
  commit('f', ['e', 'd']),
  commit('e', ['b']),
  commit('d', ['c']),
  commit('c', ['b']),
  commit('b', ['a']),
  commit('a', []),
]

test('a descendant is forward, with the commits that it brings, through merges too', () => {
  const relation = relate(commitGraph(onMain(MERGED)), {}, oid('b').slice(0, 7), oid('f'))
  assert.equal(relation.kind, 'forward')
  assert.deepEqual(relation.kind === 'forward' && relation.commits.map(({ headline }) => headline.at(-1)), [
    'f',
    'e',
    'd',
    'c',
  ])
})

test('an ancestor is backward, whatever its commit date says', () => {
  const [newest, ...older] = line('c', 'b', 'a')
  const forged = [{ ...commit('c', ['b']), committedAt: '1970-01-01T00:00:00Z' }, ...older]
  assert.ok(newest)
  assert.equal(relate(commitGraph(onMain(forged)), {}, oid('c'), oid('a')).kind, 'backward')
})

test('a commit that was not read must be asked of the forge', () => {
  const relation = relate(commitGraph(onMain(line('c', 'b'))), {}, 'abcdef1', oid('c'))
  assert.deepEqual(relation, { kind: 'not-read', base: 'abcdef1', head: oid('c') })
})

test("the forge's comparison decides where the history that was read does not reach", () => {
  const compared = (status: 'behind' | 'diverged' | 'unknown' | 'identical' | 'ahead') =>
    relate(
      new Map(),
      {
        [`abcdef1...${oid('c')}`]: {
          status,
          commits: [commit('b', []), commit('c', ['b'])],
          total: 2,
          url: '',
        },
      },
      'abcdef1',
      oid('c'),
    )
  assert.equal(compared('behind').kind, 'backward')
  assert.equal(compared('diverged').kind, 'diverged')
  assert.equal(compared('unknown').kind, 'unknown')
  assert.equal(compared('identical').kind, 'same')
  const ahead = compared('ahead')
  assert.deepEqual(ahead.kind === 'forward' && ahead.commits.map(({ oid: id }) => id[0]), ['c', 'b'])
})

test('an abbreviation that two commits share is not guessed', () => {
  const graph = commitGraph(onMain([commit('abcdef12', ['abcdef13']), commit('abcdef13', [])]))
  assert.equal(relate(graph, {}, 'abcdef1', oid('abcdef12')).kind, 'not-read')
})
