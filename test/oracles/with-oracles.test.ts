import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { newJudgement } from '../support/oracles/judgement.ts'
import { withOracles } from '../support/oracles/with-oracles.ts'

const library = new URL('../support/oracles/with-oracles.ts', import.meta.url).href

/** Runs a test file whose only test passes, but which sends `query`. */
function runTestThatSends(query: string) {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-oracle-'))
  const file = join(directory, 'sends.test.mts')
  const body = JSON.stringify(JSON.stringify({ query }))
  writeFileSync(
    file,
    `import { test } from 'node:test'
    import { withOracles } from '${library}'
    const fetch = withOracles(async () => Response.json({ data: {} }))
    test('sends', async () => { await fetch('https://api.github.com/graphql', { method: 'POST', body: ${body} }) })`,
  )
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const result = spawnSync(process.execPath, ['--import', 'tsx', '--test', file], { encoding: 'utf8', env })
  rmSync(directory, { recursive: true })
  return { status: result.status, output: result.stdout + result.stderr }
}

test('a test file that sends something wrong fails, even when all of its tests pass', () => {
  const { status, output } = runTestThatSends('{ viewer { nickname } }')
  assert.notEqual(status, 0)
  assert.match(output, /Cannot query field "nickname"/)
})

test('a test file that sends only what is right passes', () => {
  const { status, output } = runTestThatSends('{ viewer { login } }')
  assert.equal(status, 0, output)
})

test('traffic that is not GitHub’s API passes unjudged, with its body', async () => {
  const judgement = newJudgement()
  const fetch = withOracles(async (input) => new Response(await new Request(input).text()), judgement)
  const response = await fetch('http://127.0.0.1:1/sandbox/github/acme/web.git/git-upload-pack', {
    method: 'POST',
    body: '0000',
  })
  assert.equal(await response.text(), '0000')
  assert.equal(judgement.judged, 0)
})
