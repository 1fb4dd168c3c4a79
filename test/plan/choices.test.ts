import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Follow } from '../../src/config/model.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import { type Choices, choicesOf } from '../../src/plan/versions/choices.ts'
import { app, commit, environment, line, offers, oid, onMain } from '../support/world.ts'

function tagged(follow: Follow, names: string[], complete = true) {
  const items = names.map((name, index) => ({ name, commit: oid(`a${index}`) }))
  return choicesOf(app(), environment({ follow }), offers({ tags: { complete, items } }))
}

function tagOf(offered: Choices): string {
  return offered.choices === null ? offered.reason.code : (offered.choices[0].tag ?? '')
}

test('a followed branch gives its head, named by the tag template', () => {
  const { choices } = choicesOf(app(), environment(), onMain(line('cccccccc', 'b')))
  assert.deepEqual(choices?.[0], { tag: 'ccccccc', commit: oid('cccccccc') })
})

test('an app with paths gets the newest commit that touches them', () => {
  const web = app({ paths: ['services/web/**'] })
  const history = [
    commit('d', ['c'], { 'services/web': '2' }),
    commit('c', ['b'], { 'services/web': '2' }),
    commit('b', ['a'], { 'services/web': '1' }),
    commit('a', [], { 'services/web': '1' }),
  ]
  assert.equal(tagOf(choicesOf(web, environment(), onMain(history))), oid('c').slice(0, 7))
})

test('a merge that brings a change to the paths is the commit that counts, for CI builds the merge', () => {
  const web = app({ paths: ['services/web/**'] })
  const history = [
    commit('f', ['b', 'e'], { 'services/web': '2' }),
    commit('e', ['a'], { 'services/web': '2' }),
    commit('b', ['a'], { 'services/web': '1' }),
    commit('a', [], { 'services/web': '1' }),
  ]
  assert.equal(tagOf(choicesOf(web, environment(), onMain(history))), oid('f').slice(0, 7))
})

test('the end of what was read is not mistaken for a change', () => {
  const web = app({ paths: ['services/web/**'] })
  const history = [commit('b', ['a'], { 'services/web': '1' })]
  assert.equal(tagOf(choicesOf(web, environment(), onMain(history))), 'no-commit-touches-paths')
})

test('a branch that does not exist is a reason to wait', () => {
  assert.equal(tagOf(choicesOf(app(), environment(), offers())), 'no-such-branch')
})

test('a glob takes the highest tag that it matches', () => {
  const glob: Follow = { kind: 'tag-glob', glob: 'v*' }
  assert.equal(tagOf(tagged(glob, ['v1.9.0', 'v1.10.0', 'x9.9.9'])), 'v1.10.0')
  assert.equal(tagOf(tagged(glob, ['x1'])), 'no-matching-tag')
})

test('a range takes the highest version in it, and pre-releases only where it asks for them', () => {
  const names = ['v1.2.0', 'v1.3.0-rc.1', 'v2.0.0', '1.2.5']
  assert.equal(tagOf(tagged({ kind: 'tag-range', range: '^1.2' }, names)), '1.2.5')
  assert.equal(tagOf(tagged({ kind: 'tag-range', range: '^1.3.0-0' }, names)), 'v1.3.0-rc.1')
})

test('a tag that cannot be the tag of an image is refused with its name', () => {
  const candidate = tagged({ kind: 'tag-glob', glob: 'v*' }, ['v1.0.0+build'])
  assert.equal(tagOf(candidate), 'not-an-image-tag')
})

test('where the template names the version, tags that have none are passed over, and not the highest', () => {
  const environmentOf = (follow: Follow) => environment({ follow, tag: parseTagTemplate('{version}') })
  const offered = (names: string[]) => {
    const items = names.map((name, index) => ({ name, commit: oid(`a${index}`) }))
    const follow: Follow = { kind: 'tag-glob', glob: '*' }
    return choicesOf(app(), environmentOf(follow), offers({ tags: { complete: true, items } }))
  }
  assert.deepEqual(
    offered(['v1.4.0', 'nightly', 'web-v1.3.0']).choices?.map(({ tag }) => tag),
    ['1.4.0', '1.3.0'],
  )
  assert.equal(tagOf(offered(['nightly'])), 'not-an-image-tag')
  assert.equal(tagOf(offered(['v1.0.0+5'])), 'not-an-image-tag')
})

test('a listing of tags that was cut decides nothing', () => {
  assert.equal(tagOf(tagged({ kind: 'tag-glob', glob: 'v*' }, ['v1.0.0'], false)), 'tags-incomplete')
})
