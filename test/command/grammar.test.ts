import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommandEntry } from '../../src/command/command.ts'
import { readComment } from '../../src/command/read-comment.ts'
import { spokenLines } from '../../src/command/spoken-lines.ts'
import { usage } from '../../src/command/usage.ts'

/** Entries with everything that an entry can have. */
const REGISTRY: CommandEntry[] = [
  {
    verb: 'promote',
    does: 'x',
    needs: 'write',
    arguments: [
      { name: 'environment', is: 'name' },
      { name: 'version', is: 'version', optional: true },
    ],
    reason: true,
  },
  {
    verb: 'lock',
    does: 'x',
    needs: 'write',
    arguments: [{ name: 'environment', is: 'name' }],
    lasting: true,
    reason: true,
  },
  {
    verb: 'preview',
    does: 'x',
    needs: 'write',
    arguments: [
      { name: 'action', is: ['up', 'down', 'extend', 'pin'], optional: true },
      { name: 'period', is: 'duration', optional: true },
    ],
    options: { size: ['small', 'large'] },
  },
]

const read = (text: string) => {
  const reading = readComment(text, { bareCommands: false }, REGISTRY)
  if (reading.kind === 'nothing') return 'nothing'
  if (reading.kind === 'refused') return reading.problems.map(({ code }) => code).join()
  return reading.commands.map(({ verb, line, written, ...rest }) => rest)[0]
}

const NONE = { arguments: {}, options: {}, lasting: null, reason: null }

test('versions, periods, reasons and choices are read as the entry of a verb says', () => {
  assert.deepEqual(read('/cargo promote production v1.2.0+b7 -- because'), {
    ...NONE,
    arguments: { environment: 'production', version: 'v1.2.0+b7' },
    reason: 'because',
  })
  assert.deepEqual(read('/cargo promote "production"'), { ...NONE, arguments: { environment: 'production' } })
  assert.deepEqual(read('/cargo lock production for 1h30m \u2014 a \u201cfire\u201d'), {
    ...NONE,
    arguments: { environment: 'production' },
    lasting: 5400,
    reason: 'a \u201cfire\u201d',
  })
  assert.deepEqual(read('/cargo lock for 2d production'), {
    ...NONE,
    arguments: { environment: 'production' },
    lasting: 172_800,
  })
  assert.deepEqual(read('/cargo lock "for"'), { ...NONE, arguments: { environment: 'for' } })
  assert.deepEqual(read('/cargo preview extend 2d size=large'), {
    ...NONE,
    arguments: { action: 'extend', period: '2d' },
    options: { size: 'large' },
  })
  assert.deepEqual(read('/cargo preview'), NONE)
})

test('what does not fit the entry of a verb is refused with a code', () => {
  const wrong: [string, string][] = [
    ['/cargo promote', 'argument-missing'],
    ['/cargo promote production v1 v2', 'argument-unexpected'],
    ['/cargo promote Production', 'argument-invalid'],
    ['/cargo promote production -v1', 'argument-invalid'],
    [`/cargo promote production ${'1'.repeat(129)}`, 'argument-invalid'],
    ['/cargo lock production for', 'argument-invalid'],
    ['/cargo lock production for ever', 'argument-invalid'],
    ['/cargo lock production for 0m', 'argument-invalid'],
    ['/cargo lock production for 1h for 2h', 'option-repeated'],
    ['/cargo preview stop', 'argument-invalid'],
    ['/cargo preview extend soon', 'argument-invalid'],
    ['/cargo preview size=huge', 'argument-invalid'],
    ['/cargo preview pin -- why', 'reason-not-taken'],
  ]
  for (const [text, code] of wrong) assert.equal(read(text), code, text)
})

test('a problem says what was meant, and how it is written', () => {
  const [problem] = problems('/cargo preview pni')
  assert.equal(
    problem?.message,
    '"pni" is none of up, down, extend, pin. Did you mean "pin"? It is written preview [up|down|extend|pin] [period] [size=small|large].',
  )
  assert.match(problems('/cargo promtoe x')[0]?.message ?? '', /Did you mean "\/cargo promote"\?/)
  assert.match(problems('/cargo zzz')[0]?.message ?? '', /^There is no command "zzz"\. "\/cargo help"/)
  assert.match(problems('/cargo preview sise=small')[0]?.message ?? '', /Did you mean "size="\?/)
  assert.deepEqual(
    REGISTRY.map((entry) => usage(entry)),
    [
      'promote <environment> [version] [-- reason]',
      'lock <environment> [for 2h] [-- reason]',
      'preview [up|down|extend|pin] [period] [size=small|large]',
    ],
  )
})

test('a problem names its line', () => {
  assert.deepEqual(
    problems('Hello\n\n/cargo zzz\n/cargo promote').map(({ line, written }) => [line, written]),
    [
      [3, '/cargo zzz'],
      [4, '/cargo promote'],
    ],
  )
})

test('the time to read a comment grows with its length, whatever is in it', () => {
  const parts = ['`', '` `` ', '<!--', '<pre', '> ', '<pre>', '/cargo "', '\n', '-- ', '[', '\\', '~~~', '``']
  const started = performance.now()
  for (const part of parts) {
    for (const end of ['', '\n', '\n/cargo status']) spokenLines(`${part.repeat(65_536 / part.length)}${end}`)
  }
  const runs = Array.from({ length: 360 }, (_, index) => '`'.repeat(index + 1)).join(' ')
  spokenLines(runs)
  assert.ok(performance.now() - started < 10_000)
})

function problems(text: string) {
  const reading = readComment(text, { bareCommands: false }, REGISTRY)
  assert.equal(reading.kind, 'refused')
  return reading.problems
}
