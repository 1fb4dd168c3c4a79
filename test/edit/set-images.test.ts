import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import { notFoundMessage } from '../../src/edit/search/nearest.ts'
import { setImage } from '../../src/edit/set-image.ts'
import { setImages } from '../../src/edit/set-images.ts'

const WEB = parseImageName('ghcr.io/acme/web')
const API = parseImageName('ghcr.io/acme/api')
const FILES = [
  { path: 'b.yaml', text: 'image: ghcr.io/acme/web:v1\napi: {image: "ghcr.io/acme/api:v1"}\n' },
  { path: 'a.yaml', text: 'image: ghcr.io/acme/web:v1\n' },
]

test('several images change the same files, each file once', () => {
  const changes = [
    { image: WEB, wish: { tag: 'v2' } },
    { image: API, wish: { tag: 'v3' } },
  ]
  const { reports, edits } = setImages(FILES, changes)
  assert.deepEqual(
    reports.map(({ outcome, files }) => [outcome, files.map(({ path }) => path)]),
    [
      ['updated', ['a.yaml', 'b.yaml']],
      ['updated', ['b.yaml']],
    ],
  )
  assert.deepEqual(edits, [
    {
      path: 'b.yaml',
      before: FILES[0]?.text,
      after: 'image: ghcr.io/acme/web:v2\napi: {image: "ghcr.io/acme/api:v3"}\n',
    },
    { path: 'a.yaml', before: FILES[1]?.text, after: 'image: ghcr.io/acme/web:v2\n' },
  ])
})

test('nothing is written when one of several images is refused', () => {
  const changes = [
    { image: WEB, wish: { tag: 'v2' } },
    { image: API, wish: { tag: 'not a tag' } },
  ]
  const { reports, edits } = setImages(FILES, changes)
  assert.deepEqual(
    reports.map(({ outcome }) => outcome),
    ['updated', 'refused'],
  )
  assert.deepEqual(edits, [])
})

test('what is not found is told with the nearest names and the number of their files', () => {
  const { outcome, seen } = setImage(FILES, parseImageName('ghcr.io/acme/wep'), { tag: 'v2' })
  assert.equal(outcome, 'not-found')
  assert.equal(
    notFoundMessage('ghcr.io/acme/wep', 'here', seen),
    'Nothing here names the image ghcr.io/acme/wep. Found ghcr.io/acme/web in 2 files, ghcr.io/acme/api in 1 file.',
  )
})
