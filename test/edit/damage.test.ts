import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseImageName } from '../../src/domain/image.ts'
import type { VersionWish } from '../../src/edit/editor.ts'
import type { SetImageOptions } from '../../src/edit/set-image.ts'
import { assertSound } from './generate/sound.ts'

const GOLDEN = join(import.meta.dirname, 'golden')
const TAG = 'v9.9.9-wished'
const SHA = 'feed'.repeat(10)
const DIGEST = `sha256:${'beef'.repeat(16)}`

interface Case extends VersionWish, SetImageOptions {
  image: string
}

const samples = readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' })
  .filter((path) => basename(path) === 'case.json')
  .map((path) => {
    const folder = join(GOLDEN, path, '..')
    const { image, digest, addUnder, app, policies }: Case = JSON.parse(
      readFileSync(join(GOLDEN, path), 'utf8'),
    )
    const files = readdirSync(join(folder, 'before'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => ({
        path: join(parentPath, name).slice(join(folder, 'before').length + 1),
        text: readFileSync(join(parentPath, name), 'utf8'),
      }))
    return {
      files,
      image: parseImageName(image),
      wish: { tag: TAG, sha: SHA, version: '9.9.9', ...(digest === undefined ? {} : { digest: DIGEST }) },
      options: {
        ...(addUnder === undefined ? {} : { addUnder }),
        ...(app === undefined ? {} : { app }),
        ...(policies === undefined ? {} : { policies }),
      },
    }
  })

const place = fc.double({ min: 0, max: 1, noNaN: true })
const insert = fc.constantFrom(
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    ' ',
    '  ',
    '\0',
    '\uFEFF',
    '\u2028',
    '\u0085',
    '"',
    "'",
    '\\',
    '#',
    ' #',
    ':',
    ': ',
  ],
  ...[
    '- ',
    '? ',
    '&a ',
    '*a',
    '<<: ',
    '|\n',
    '>-\n',
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '!!str ',
    '!!int ',
    '~',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ', ',
    '{{',
    '}}',
    '${',
    '=',
    '@',
    '/*',
    '//',
    'image: ',
    'tag: ',
    'digest: ',
    '\uD800',
  ],
  ...[
    'ghcr.io/acme/web',
    'v1',
    '@sha256:0',
    ' # supercargo: ghcr.io/acme/web',
    'apiVersion: v1\nkind: Pod\n',
  ],
)

/** One kind of damage each; `at` says where, from 0 to 1. */
const damage = fc.oneof(
  fc.record({ at: place, drop: fc.nat(3), insert }).map(({ at, drop, insert }) => (text: string) => {
    const cut = Math.floor(at * text.length)
    return text.slice(0, cut) + insert + text.slice(cut + drop)
  }),
  fc.record({ at: place, count: fc.integer({ min: 1, max: 3 }) }).map(({ at, count }) => (text: string) => {
    const lines = text.split('\n')
    lines.splice(Math.floor(at * lines.length), count)
    return lines.join('\n')
  }),
  fc.record({ at: place, by: fc.integer({ min: -3, max: 3 }) }).map(({ at, by }) => (text: string) => {
    const lines = text.split('\n')
    const index = Math.floor(at * lines.length)
    const line = lines[index] ?? ''
    lines[index] = by < 0 ? line.replace(new RegExp(`^ {0,${-by}}`), '') : ' '.repeat(by) + line
    return lines.join('\n')
  }),
  fc.record({ from: place, to: place }).map(({ from, to }) => (text: string) => {
    const lines = text.split('\n')
    const [moved = ''] = lines.splice(Math.floor(from * lines.length), 1)
    lines.splice(Math.floor(to * lines.length), 0, moved)
    return lines.join('\n')
  }),
)

test('manifests with any damage are edited soundly or refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...samples),
      fc.array(damage, { maxLength: 3 }),
      ({ files, image, wish, options }, damages) => {
        const hurt = files.map(({ path, text }) => ({
          path,
          text: damages.reduce((whole, spoil) => spoil(whole), text),
        }))
        assertSound(hurt, image, wish, options)
      },
    ),
    { numRuns: 1_000, includeErrorInReport: true },
  )
})
