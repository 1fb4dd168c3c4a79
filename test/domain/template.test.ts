import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parse } from 'yaml'
import { SupercargoError } from '../../src/domain/errors.ts'
import {
  PREVIEW_VARIABLES,
  parseTemplate,
  readTemplate,
  renderTemplate,
  renderText,
  templateRoot,
  templateVariables,
} from '../../src/domain/template.ts'

const SHA = '1234e56789abcdef0123456789abcdef01234567'
const VALUES = {
  number: '12',
  branch: 'feat/login',
  slug: 'feat-login-0123456789',
  sha: SHA,
  tag: '1234e56',
  image: 'ghcr.io/acme/web',
  host: 'pr-12.preview.acme.dev',
  owner: 'alice',
  title: 'Add a login page',
  url: 'https://pr-12.preview.acme.dev/start?x=1',
  replicas: '0',
}
const DOLLAR = '$'
const render = (text: string, values: Partial<typeof VALUES> = {}) =>
  renderText(text, PREVIEW_VARIABLES, { ...VALUES, ...values })

describe('path and URL templates', () => {
  test('a template is rendered with its values, and says its root and its variables', () => {
    const template = parseTemplate('apps/web/previews/pr-{number}/{number}-{slug}', ['number', 'slug'])
    assert.equal(renderTemplate(template, VALUES), 'apps/web/previews/pr-12/12-feat-login-0123456789')
    assert.equal(templateRoot(template), 'apps/web/previews')
    assert.deepEqual(templateVariables(template), ['number', 'slug'])
    assert.equal(templateRoot(parseTemplate('pr-{number}', ['number'])), '')
    assert.equal(templateRoot(parseTemplate('apps/web', ['number'])), 'apps/web')
    assert.equal(renderTemplate(parseTemplate('x-{sha:7}', ['sha']), VALUES), 'x-1234e56')
  })

  for (const [source, advice] of [
    ['pr-{nubmer}', /Did you mean \{number\}/],
    ['pr-{Number}', /Did you mean \{number\}/],
    ['pr-{ number }', /The variables here are \{number\}, \{slug\}/],
    ['pr-{number', /The variables here/],
    ['pr-number}', /The variables here/],
    ['pr-{{number}}', /The variables here/],
    ['pr-{}', /The variables here/],
    ['pr-{number:7}', /The variables here/],
    ['pr-{sha:7}', /The variables here/],
    ['pr-{__proto__}', /The variables here/],
    ['pr-{constructor}', /The variables here/],
  ] as const) {
    test(`the template ${source} is refused with advice`, () => {
      assert.throws(
        () => parseTemplate(source, ['number', 'slug']),
        (error: unknown) =>
          error instanceof SupercargoError &&
          error.code === 'template-invalid' &&
          advice.test(error.advice ?? ''),
      )
    })
  }

  test('a commit id is cut to 4 digits at least and 40 at most', () => {
    for (const source of ['{sha:3}', '{sha:41}', '{sha:0}', '{sha:007}', '{sha:}', '{sha:-7}'])
      assert.throws(() => parseTemplate(source, ['sha']), { code: 'template-invalid' }, source)
    for (const [source, length] of [
      ['{sha:4}', 4],
      ['{sha:40}', 40],
      ['{sha}', 40],
    ] as const)
      assert.equal(renderTemplate(parseTemplate(source, ['sha']), VALUES).length, length)
  })

  test('a variable without a value is an error, also when its name is one of Object', () => {
    const template = parseTemplate('{constructor}', ['constructor'])
    assert.throws(() => renderTemplate(template, {}), { code: 'template-value-missing' })
  })

  test('values are read back from what the template made, and from nothing else', () => {
    const template = parseTemplate('apps/previews/pr-{number}/{slug}.v1', ['number', 'slug'])
    assert.deepEqual(readTemplate(template, 'apps/previews/pr-12/a-b.v1'), { number: '12', slug: 'a-b' })
    for (const path of [
      'apps/previews/pr-012/a.v1',
      'apps/previews/pr-0/a.v1',
      'apps/previews/pr-12/a.v1/x',
      'apps/previews/pr-12/a/b.v1',
      'apps/previews/pr-12/a-xv1',
      'apps/previews/pr-12/A.v1',
      'x/apps/previews/pr-12/a.v1',
    ])
      assert.equal(readTemplate(template, path), null, path)
    const twice = parseTemplate('{number}/pr-{number}', ['number'])
    assert.deepEqual(readTemplate(twice, '7/pr-7'), { number: '7' })
    assert.equal(readTemplate(twice, '7/pr-8'), null)
  })
})

describe('template files', () => {
  test('known variables are replaced in every format', () => {
    assert.equal(
      render('image: {image}:{tag} # {sha:7} {sha}\nhost: "{host}"\n{"number": {number}, "b": "{branch}"}'),
      `image: ghcr.io/acme/web:1234e56 # 1234e56 ${SHA}\nhost: "pr-12.preview.acme.dev"\n{"number": 12, "b": "feat/login"}`,
    )
  })

  for (const text of [
    '{"a": {"b": [1, 2]}, "c": {}}',
    'metadata: {labels: {app: web}}',
    'name: {{ .Values.number }} {{number}} {{- title -}} {{ "{number}" }}',
    `x: ${DOLLAR}{number} ${DOLLAR}{{ number }} ${DOLLAR}{{number}} ${DOLLAR}{branch:-main}`,
    'y: {unknown} {Number} {number:7} {sha:3} {sha:41} {} { number }',
    'z: {{number',
    '{{{number}}}',
    '$(number) %{ number }',
  ]) {
    test(`${text} stays as it is`, () => {
      assert.equal(render(text), text)
    })
  }

  test('what stands beside foreign braces is replaced', () => {
    assert.equal(render('{{ x }}{number}{{ y }}-{number}'), '{{ x }}12{{ y }}-12')
    assert.equal(render('{a: {number}}'), '{a: 12}')
    assert.equal(render('{{ open\n{number}'), '{{ open\n12')
    assert.equal(render(`${DOLLAR}{open\n{number} ${DOLLAR}{a{number}`), `${DOLLAR}{open\n12 ${DOLLAR}{a12`)
  })

  test('a value is never read as a template again', () => {
    assert.equal(render('{title}', { title: '{sha} {{ x }}' }), 'sha x')
  })

  test('a variable that this preview does not have is an error, not an empty text', () => {
    assert.throws(() => renderText('{number}', PREVIEW_VARIABLES, { branch: 'x' }), {
      code: 'template-value-missing',
    })
    assert.equal(renderText('{number}', ['branch'], { branch: 'x' }), '{number}')
  })

  test('a tag that YAML would read as a number gets quotes where it is the whole value', () => {
    const text =
      'a: {tag}\nb: "{tag}"\nc:\n  - {tag} # why\n  - v{tag}\nd: {number}\nr: {replicas}\ne: {image}:{tag}\r\nf: {title}\n'
    const result = render(text, { title: 'On' })
    for (const version of ['1.1', '1.2'] as const)
      assert.deepEqual(parse(result, { version }), {
        a: '1234e56',
        b: '1234e56',
        c: ['1234e56', 'v1234e56'],
        d: 12,
        r: 0,
        e: 'ghcr.io/acme/web:1234e56',
        f: 'On',
      })
  })

  test('a file of a megabyte of open braces takes no time to speak of', () => {
    for (const piece of ['{{', `${DOLLAR}{`, '{number', '{{ }', '{', `${DOLLAR}{{`])
      assert.equal(render(piece.repeat(500_000)).length, piece.length * 500_000)
  })
})

describe('values of people', () => {
  const TEMPLATE = `top: {title}
single: '{title}'
double: "{title}"
flow: [ {title}, {k: {title}, l: '{branch}'} ]
list:
  - {title}
  - {branch}
  - a {title} b {branch}
block: |
  {title}
  {branch}
folded: >-
  {title}
# {title} {branch} {owner}
owner: {owner}
json: {"title": "{title}", "list": ["{branch}", {number}]}
end: true
`
  const HOSTILE = [
    'x\nadmin: true',
    'x\r\n---\nkind: ClusterRole',
    '" , "admin": "yes',
    "' , admin: 'yes",
    'x: y',
    'x #y',
    '- a',
    '? a',
    '&a *a',
    '!!js/function "x"',
    '| ',
    '> ',
    '%YAML 1.1',
    '@x',
    '`x`',
    '---',
    '...',
    '',
    '   ',
    '{{ .Release }}',
    `${DOLLAR}{IFS}$(rm)`,
    '[x, y]',
    '{a: b}',
    '\u2028admin: true\u2029',
    '\u0085admin: true',
    '\ufeff',
    '\0',
    'a\\',
    '\ud800',
    '~',
    '=',
    '<<',
    'x:',
    ':',
    '-',
    'é́́',
    '<!-- x -->',
  ]

  for (const value of HOSTILE) {
    test(`the title and owner ${JSON.stringify(value)} stay inside their scalars`, () => {
      assertInside(TEMPLATE, { title: value, owner: value })
    })
  }

  test('no title and no owner leaves its scalar', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\n',
        ': ',
        ' #',
        '"',
        "'",
        '- ',
        '{',
        '}',
        '[',
        ']',
        ',',
        '|',
        '>',
        '&',
        '*',
        '!',
        '%',
      ),
      fc.constantFrom('\\', '---\n', '\t', '\u2028', '\u0085', '1', '.', 'true', '=', '’', 'x'),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(text, text, (title, owner) => assertInside(TEMPLATE, { title, owner })),
      { numRuns: 500 },
    )
  })

  test('a branch stays exactly as it is, or is refused', () => {
    const piece = fc.oneof(
      fc.constantFrom('/', '#', '-', '.', '{', "'", '"', ',', '&', '!', '|', '`', '%', ']', '@', '='),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    const branches = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(''))
    fc.assert(
      fc.property(branches, (branch) => {
        if (refusal({ branch }) === null) assertInside(TEMPLATE, { branch })
      }),
      { numRuns: 1000 },
    )
  })

  test('usual branch names are not refused', () => {
    for (const branch of [
      'main',
      'feat/login',
      'fix/#12-crash',
      'dependabot/npm_and_yarn/a-1.2.3',
      'x@y=z',
      '日本',
    ])
      assert.equal(render('{branch}', { branch }), branch)
  })

  for (const [name, value] of [
    ['branch', 'a b'],
    ['branch', "it's"],
    ['branch', '-x'],
    ['branch', 'x}'],
    ['number', '0'],
    ['number', '1e3'],
    ['slug', 'A'],
    ['sha', 'abc'],
    ['tag', 'a b'],
    ['image', 'acme/web:1'],
    ['image', '[::1]/web'],
    ['host', 'a b'],
    ['url', 'javascript:alert(1)'],
    ['url', 'https://x/"'],
    ['url', 'https://x/:'],
  ] as const) {
    test(`the value ${JSON.stringify(value)} for {${name}} is refused with advice`, () => {
      assert.equal(refusal({ [name]: value }, `{${name}}`), 'template-value-unsafe')
    })
  }

  test('titles stay legible', () => {
    const title = `fix(web): don't crash on "x", again  (#12)\n`
    assert.equal(render('{title}', { title }), 'fix web don’t crash on x again 12')
    assert.equal(render('{title}', { title: '🚢' }), 'untitled')
    assert.equal(render('{title}', { title: 'é'.repeat(500) }).length, 200)
    assert.equal(render('{owner}', { owner: 'dependabot[bot]' }), 'dependabot-bot')
  })

  function refusal(values: Partial<typeof VALUES>, text = '{branch}'): string | null {
    try {
      render(text, values)
      return null
    } catch (error) {
      return error instanceof SupercargoError ? error.code : String(error)
    }
  }

  function assertInside(template: string, values: Partial<typeof VALUES>): void {
    const harmless = { title: 'tt', branch: 'bb', owner: 'oo' }
    const text = render(template, { ...harmless, ...values })
    for (const version of ['1.1', '1.2'] as const)
      assert.deepEqual(
        shape(parse(text, { version })),
        shape(parse(render(template, harmless), { version })),
        text,
      )
  }

  /** The structure with the keys that the template fixes; texts only as "text". */
  function shape(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(shape)
    if (typeof value !== 'object' || value === null) return 'scalar'
    return Object.entries(value).map(([key, child]) => [key, shape(child)])
  }
})
