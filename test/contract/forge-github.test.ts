import assert from 'node:assert/strict'
import { after } from 'node:test'
import { fileJudgement } from '../support/oracles/with-oracles.ts'
import { forgeContract } from './forge.ts'
import { startGitHubWorld } from './github-world.ts'

forgeContract('GitHub', startGitHubWorld)

after(() => assert.ok(fileJudgement.judged > 100, 'The oracles looked at every request.'))
