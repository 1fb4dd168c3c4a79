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
    `nginx@sha256:${'A'.repeat(64)}`,
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

const F64 = 'f'.repeat(64)
const F128 = 'f'.repeat(128)
const A255 = `${'a/'.repeat(127)}a`
const ID = '1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a'

/** The cases of reference_test.go and normalize_test.go: text, name, tag, digest, or null where it is refused. */
const DISTRIBUTION: [text: string, name: string | null, tag?: string | null, digest?: string][] = [
  ['test_com', 'docker.io/library/test_com'],
  ['test.com:tag', 'docker.io/library/test.com', 'tag'],
  ['test.com:5000', 'docker.io/library/test.com', '5000'],
  ['test.com/repo:tag', 'test.com/repo', 'tag'],
  ['test:5000/repo', 'test:5000/repo'],
  ['test:5000/repo:tag', 'test:5000/repo', 'tag'],
  [`test:5000/repo@sha256:${F64}`, 'test:5000/repo', null, `sha256:${F64}`],
  [`test:5000/repo:tag@sha256:${F64}`, 'test:5000/repo', 'tag', `sha256:${F64}`],
  ['', null],
  [':justtag', null],
  [`@sha256:${F64}`, null],
  [`repo@sha256:${'f'.repeat(34)}`, null],
  [`validname@invaliddigest:${F128}`, null],
  ['Uppercase:tag', null],
  ['Uppercase/lowercase:tag', 'uppercase/lowercase', 'tag'],
  ['test:5000/Uppercase/lowercase:tag', null],
  ['lowercase:Uppercase', 'docker.io/library/lowercase', 'Uppercase'],
  [`a/${A255}:tag`, null],
  [`${A255}:tag-puts-this-over-max`, `docker.io/${A255}`, 'tag-puts-this-over-max'],
  ['aa/asdf$$^/aa', null],
  ['sub-dom1.foo.com/bar/baz/quux', 'sub-dom1.foo.com/bar/baz/quux'],
  ['sub-dom1.foo.com/bar/baz/quux:some-long-tag', 'sub-dom1.foo.com/bar/baz/quux', 'some-long-tag'],
  [
    'b.gcr.io/test.example.com/my-app:test.example.com',
    'b.gcr.io/test.example.com/my-app',
    'test.example.com',
  ],
  ['xn--n3h.com/myimage:xn--n3h.com', 'xn--n3h.com/myimage', 'xn--n3h.com'],
  [`xn--7o8h.com/myimage:a@sha512:${F128}`, 'xn--7o8h.com/myimage', 'a', `sha512:${F128}`],
  ['foo_bar.com:8080', 'docker.io/library/foo_bar.com', '8080'],
  ['foo/foo_bar.com:8080', 'docker.io/foo/foo_bar.com', '8080'],
  ['192.168.1.1', 'docker.io/library/192.168.1.1'],
  ['192.168.1.1:tag', 'docker.io/library/192.168.1.1', 'tag'],
  ['192.168.1.1:5000', 'docker.io/library/192.168.1.1', '5000'],
  ['192.168.1.1/repo', '192.168.1.1/repo'],
  ['192.168.1.1:5000/repo', '192.168.1.1:5000/repo'],
  ['192.168.1.1:5000/repo:5050', '192.168.1.1:5000/repo', '5050'],
  ['[2001:db8::1]', null],
  ['[2001:db8::1]:5000', null],
  ['[2001:db8::1]:tag', null],
  ['[2001:db8::1]/repo', '[2001:db8::1]/repo'],
  ['[2001:db8:1:2:3:4:5:6]/repo:tag', '[2001:db8:1:2:3:4:5:6]/repo', 'tag'],
  ['[2001:db8::1]:5000/repo', '[2001:db8::1]:5000/repo'],
  ['[2001:db8::1]:5000/repo:tag', '[2001:db8::1]:5000/repo', 'tag'],
  [`[2001:db8::1]:5000/repo@sha256:${F64}`, '[2001:db8::1]:5000/repo', null, `sha256:${F64}`],
  [`[2001:db8::1]:5000/repo:tag@sha256:${F64}`, '[2001:db8::1]:5000/repo', 'tag', `sha256:${F64}`],
  ['[2001:db8::]:5000/repo', '[2001:db8::]:5000/repo'],
  ['[::1]:5000/repo', '[::1]:5000/repo'],
  ['[fe80::1%eth0]:5000/repo', null],
  ['[fe80::1%@invalidzone]:5000/repo', null],
  ['[2001:db8:3:4::192.0.2.33]:5000/debian', null],
  ['fc00::1:5000/debian', null],
  ['docker/docker', 'docker.io/docker/docker'],
  ['debian', 'docker.io/library/debian'],
  ['index.docker.io/library/debian', 'docker.io/library/debian'],
  ['index.docker.io/debian', 'docker.io/library/debian'],
  ['127.0.0.1:5000/debian', '127.0.0.1:5000/debian'],
  ['library/foo/bar', 'docker.io/library/foo/bar'],
  ['docker.io/library/foo/bar', 'docker.io/library/foo/bar'],
  ['test_com/foo', 'docker.io/test_com/foo'],
  ['test-com:8080/foo', 'test-com:8080/foo'],
  [
    'thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev',
    'docker.io/library/thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev',
  ],
  [ID, null],
  [`docker.io/${ID}`, `docker.io/library/${ID}`],
  [ID.slice(1), `docker.io/library/${ID.slice(1)}`],
  ['Docker/docker', 'docker/docker'],
  ['https://github.com/docker/docker', null],
  ['docker/Docker', null],
  ['docker.io/docker/Docker', null],
  ['docker///docker', null],
  ['docker-rules/docker', 'docker.io/docker-rules/docker'],
  ['docker---rules/docker', 'docker.io/docker---rules/docker'],
  ['d/docker', 'docker.io/d/docker'],
  ['dock__er/docker', 'docker.io/dock__er/docker'],
  ['-docker/docker', null],
  ['-docker.io/docker/docker', null],
  ['docker-/docker', null],
  ['____/____', null],
  ['_docker/_docker', null],
  ['dock..er/docker', null],
  ['dock_.er/docker', null],
  ['dock-.er/docker', null],
  ['docker/', null],
  [`${'this_is_not_a_valid_namespace_'.repeat(9)}a/docker`, null],
  [`busybox:latest@sha256:${F64}`, 'docker.io/library/busybox', 'latest', `sha256:${F64}`],
]

test('the cases of the distribution project are read as there', () => {
  for (const [text, name, tag = null, digest = null] of DISTRIBUTION) {
    const read = readReference(text)
    const expected = name === null ? null : [name, tag, digest]
    assert.deepEqual(read && [read.name.normalised, read.tag, read.digest], expected, text)
  }
})

test('the longest name has 255 characters behind its registry', () => {
  const host = 'registry.acme.dev:5000'
  assert.equal(readReference(`${host}/${A255}`)?.name.normalised, `${host}/${A255}`)
  assert.equal(readReference(`${host}/${A255}a`), null)
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
  const digest = 'sha256:[0-9a-f]{64}'
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
