// Runs the test files with node's own runner: `npm test`, or `npm test -- store sandbox` for those whose
// path holds one of the words. Files of one room share processes, since loading and warming up what they need
// takes longer than most of them; the longest rooms go first, so that nothing long runs alone at the end.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Rooms whose files take long, longest first, and how many files of theirs share a process. */
const LONG = new Map([
  ['e2e', 3],
  ['store', 3],
  ['contract', 2],
  ['cli', 4],
  ['reconcile', 4],
  ['sandbox', 7],
  ['doors', 6],
  ['forge', 9],
])
/** The same of all other rooms, which share them with each other. */
const OTHERS = 16
/** At a time, also on two cores: much of their time is waiting. */
const PROCESSES = 4

const words = process.argv.slice(2)
const files = readdirSync('test', { recursive: true })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`No test file's path holds ${words.join(' or ')}.`)
  process.exit(1)
}

const directory = mkdtempSync(join(tmpdir(), 'supercargo-tests-'))
const rooms = [...LONG.keys()]
const entries = [...rooms, null].flatMap((room) => {
  const own = files.filter((file) => (rooms.find((one) => file.startsWith(`test/${one}/`)) ?? null) === room)
  return shared(own, LONG.get(room) ?? OTHERS).map((group, index) =>
    entry(`${room ?? 'others'}-${index + 1}`, group),
  )
})
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    '--import',
    './test/support/end.mjs',
    '--test',
    `--test-concurrency=${PROCESSES}`,
    ...entries,
  ],
  { stdio: 'inherit' },
)
rmSync(directory, { recursive: true, force: true })
process.exit(status ?? 1)

/** Neighbours by name are often alike, and as long as each other: they go to different processes. */
function shared(list, size) {
  const count = Math.ceil(list.length / size)
  return Array.from({ length: count }, (_, start) => list.filter((_, index) => index % count === start))
}

/** A file of its own for each process, since node's runner starts one for each file. */
function entry(name, group) {
  const path = join(directory, `${name}.mjs`)
  const together = new URL('support/together.mjs', import.meta.url).href
  writeFileSync(path, `import { together } from '${together}'\ntogether(${JSON.stringify(group)})\n`)
  return path
}
