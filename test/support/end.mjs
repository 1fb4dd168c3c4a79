// Loaded before every test file: one whose failed test left something open ends all the same, some time after its
// last test, or it would hold up the run for ever. Node's own --test-force-exit loses what was not yet reported.
import { after } from 'node:test'

const GRACE_MS = 5000

if (process.env.NODE_TEST_CONTEXT !== undefined)
  after(() => void setTimeout(() => process.exit(), GRACE_MS).unref())
