import assert from 'node:assert/strict'
import { after } from 'node:test'
import { fileJudgement } from '../support/oracles/with-oracles.ts'
import { forgeContract } from './forge.ts'
import { startGitLabWorld } from './gitlab-world.ts'

forgeContract('GitLab', startGitLabWorld)

after(() => assert.ok(fileJudgement.judged > 100, 'The oracles looked at every request.'))
