import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { CommandEntry } from '../../src/command/command.ts'
import { commandsPage } from '../../src/command/document.ts'
import { readComment } from '../../src/command/read-comment.ts'
import { COMMANDS } from '../../src/command/registry.ts'

const FILE = 'docs/commands.md'

// `UPDATE_DOCS=1 npm test -- command/document` writes the file anew.
test(`${FILE} is what the registry says`, () => {
  const text = commandsPage()
  if (process.env.UPDATE_DOCS === '1') writeFileSync(FILE, text)
  assert.equal(readFileSync(FILE, 'utf8'), text)
})

test('every verb of the registry can be written as the page says, and none is another one or our name', () => {
  for (const { verb, arguments: words = [] } of COMMANDS as readonly CommandEntry[]) {
    const needed = words.filter(({ optional }) => optional !== true).map(({ name }) => name)
    const reading = readComment(`/cargo ${[verb, ...needed].join(' ')}`, { bareCommands: false })
    assert.equal(reading.kind === 'commands' && reading.commands[0]?.verb, verb)
    assert.match(verb, /^[a-z]+$/)
    assert.notEqual(verb, 'cargo')
  }
  assert.equal(new Set(COMMANDS.map(({ verb }) => verb)).size, COMMANDS.length)
})
