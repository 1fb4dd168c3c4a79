// Runs the test files with node's own runner: `npm test`, or `npm test -- store sandbox` for those whose
// path holds one of the words. Files run three at a time, also on two cores: a third of their time is waiting.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

const words = process.argv.slice(2)
const files = readdirSync('test', { recursive: true })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()

const { status } = spawnSync(
  process.execPath,
  ['--import', 'tsx', '--import', './test/support/end.mjs', '--test', '--test-concurrency=3', ...files],
  { stdio: 'inherit' },
)
process.exit(status ?? 1)
