import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { displayWidth, table } from '../../src/cli/table.ts'

test('columns are as wide as their widest cell', () => {
  assert.equal(
    table(
      ['A', 'LONG'],
      [
        ['xyz', '1'],
        ['東京', '12345'],
      ],
      Number.POSITIVE_INFINITY,
    ),
    'A     LONG\nxyz   1\n東京  12345',
  )
})

test('where the terminal is narrow the widest column is cut', () => {
  assert.equal(
    table(['A', 'B'], [['short', 'a very long text indeed']], 20),
    'A      B\nshort  a very long …',
  )
  assert.equal(table(['A'], [['東京東京東京']], 9), 'A\n東京東京…')
})

test('foreign text stays in its line', () => {
  assert.equal(table(['A'], [['x\ny\u001b[2J']], 80), 'A\nx\\x0ay\\x1b[2J')
})

test('no line is wider than the terminal while columns can still give way', () => {
  const cell = fc.string({ unit: 'grapheme', maxLength: 40 })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(cell, cell, cell), { maxLength: 5 }),
      fc.integer({ min: 28, max: 100 }),
      (rows, width) => {
        const lines = table(['a', 'b', 'c'], rows, width).split('\n')
        assert.equal(lines.length, rows.length + 1)
        for (const line of lines) assert.ok(displayWidth(line) <= width, line)
      },
    ),
  )
})
