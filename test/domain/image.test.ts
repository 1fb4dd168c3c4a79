import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseImageName, readReference, sameImage } from '../../src/domain/image.ts'

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`

test('references are read into name, tag and digest', () => {
  for (const [text, written, normalised, tag, digest] of [
    ['nginx', 'nginx', 'docker.io/library/nginx', null, null],
    ['nginx:1.27', 'nginx', 'docker.io/library/nginx', '1.27', null],
    ['acme/web:1', 'acme/web', 'docker.io/acme/web', '1', null],
    [`ghcr.io/acme/web:1@${DIGEST}`, 'ghcr.io/acme/web', 'ghcr.io/acme/web', '1', DIGEST],
    [`localhost/web@${DIGEST}`, 'localhost/web', 'localhost/web', null, DIGEST],
    ['localhost:5000/web', 'localhost:5000/web', 'localhost:5000/web', null, null],
    ['registry:5000/web:v1', 'registry:5000/web', 'registry:5000/web', 'v1', null],
    ['GHCR.io/acme/web', 'GHCR.io/acme/web', 'ghcr.io/acme/web', null, null],
    ['Registry/web', 'Registry/web', 'registry/web', null, null],
    ['[::1]:5000/web:1', '[::1]:5000/web', '[::1]:5000/web', '1', null],
    ['index.docker.io/nginx', 'index.docker.io/nginx', 'docker.io/library/nginx', null, null],
    ['a__b/c--d.e_f', 'a__b/c--d.e_f', 'docker.io/a__b/c--d.e_f', null, null],
  ] as const) {
    assert.deepEqual(readReference(text), { name: { written, normalised }, tag, digest }, text)
  }
})

test('what is not a reference is null', () => {
  for (const text of [
    '',
    ' ',
    'Nginx',
    'acme/Web',
    'acme//web',
    '/web',
    'web/',
    'a___b',
    'a..b',
    '-a',
    'nginx:',
    'nginx:-1',
    `nginx:${'a'.repeat(129)}`,
    'nginx@',
    'nginx@sha256:123',
    'nginx@sha256',
    'https://ghcr.io/acme/web',
    'ghcr.io/acme/web\n',
    '$(IMAGE)',
    '{{ .Values.image }}',
    'ghcr.io:x/web',
    'a'.repeat(256),
    'f'.repeat(64),
  ])
    assert.equal(readReference(text), null, text)
})

test('an image name has no tag and no digest', () => {
  assert.equal(parseImageName('ghcr.io/acme/web').written, 'ghcr.io/acme/web')
  for (const text of ['nginx:1', `nginx@${DIGEST}`, 'Nginx', ''])
    assert.throws(() => parseImageName(text), { code: 'image-invalid', kind: 'permanent' })
})

test('spellings of one image are the same, and others are not', () => {
  const same = [
    'nginx',
    'library/nginx',
    'docker.io/nginx',
    'docker.io/library/nginx',
    'registry-1.docker.io/nginx',
  ]
  for (const text of same) assert.ok(sameImage(parseImageName('nginx'), parseImageName(text)), text)
  for (const text of ['acme/nginx', 'ghcr.io/nginx', 'ghcr.io/library/nginx', 'nginx2'])
    assert.ok(!sameImage(parseImageName('nginx'), parseImageName(text)), text)
})

test('references are read as the distribution project reads them', () => {
  const piece = fc.constantFrom(
    'a',
    'Z',
    '9',
    '.',
    ':',
    '/',
    '-',
    '_',
    '@',
    'localhost',
    '5000',
    '[::1]',
    DIGEST,
    'io',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
      const text = pieces.join('')
      const read = readReference(text)
      assert.deepEqual(read && [read.name.normalised, read.tag, read.digest], distribution(text), text)
      if (read !== null) {
        const { name, tag, digest } = read
        assert.equal(
          `${name.written}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`,
          text,
        )
      }
    }),
    { numRuns: 20_000 },
  )
})

/**
 * ParseNormalizedNamed of https://github.com/distribution/reference (regexp.go and normalize.go), with the
 * host in lower case.
 */
function distribution(text: string): [string, string | null, string | null] | null {
  const component = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])'
  const domain = `(?:${component}(?:\\.${component})*|\\[(?:[a-fA-F0-9:]+)\\])(?::[0-9]+)?`
  const part = '[a-z0-9]+(?:(?:\\.|_|__|[-]+)[a-z0-9]+)*'
  const digest = '[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,}'
  const reference = new RegExp(
    `^(${domain})/(${part}(?:/${part})*)(?::([\\w][\\w.-]{0,127}))?(?:@(${digest}))?$`,
  )
  const slash = text.indexOf('/')
  const first = slash === -1 ? '' : text.slice(0, slash)
  const hasDomain =
    slash !== -1 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first)
  const remainder = hasDomain ? text.slice(slash + 1) : text
  const host = !hasDomain || first === 'index.docker.io' ? 'docker.io' : first
  if (/^[a-f0-9]{64}$/.test(text)) return null
  const match = reference.exec(`${host}/${remainder}`)
  if (match === null) return null
  const official = host.toLowerCase() === 'docker.io' && !(match[2] ?? '').includes('/')
  return [
    `${host.toLowerCase()}/${official ? 'library/' : ''}${match[2]}`,
    match[3] ?? null,
    match[4] ?? null,
  ]
}
