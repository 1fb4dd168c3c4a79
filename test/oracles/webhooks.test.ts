import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newJudgement } from '../support/oracles/judgement.ts'
import { webhookExamples } from '../support/oracles/webhook-examples.ts'
import { judgeWebhook } from '../support/oracles/webhooks.ts'

function judged(event: string, payload: unknown) {
  const judgement = newJudgement()
  judgeWebhook(event, payload, judgement)
  return judgement
}

const examples = webhookExamples()

function example(event: string): Record<string, unknown> {
  const found = examples.find((it) => it.event === event && judged(event, it.payload).failures.length === 0)
  assert.ok(found, `there is a good example of ${event}`)
  return structuredClone(found.payload)
}

test('the corpus is there, and most of it has no wrong field', () => {
  assert.ok(examples.length > 300)
  const wrong = examples.filter(({ event, payload }) => judged(event, payload).failures.length > 0)
  assert.ok(wrong.length < examples.length / 3, `${wrong.length} of ${examples.length} are wrong`)
})

test('real pushes, deletions, comments and pull requests pass', () => {
  for (const event of ['push', 'delete', 'issue_comment', 'pull_request', 'check_run']) {
    assert.deepEqual(judged(event, example(event)).failures, [])
  }
})

test('an event or action that GitHub does not have is a failure', () => {
  assert.match(judged('pushed', {}).failures.join(), /no such event/)
  assert.match(judged('pull_request', { action: 'merged' }).failures.join(), /no such event/)
})

test('a field of a wrong type is a failure, a missing one is a warning', () => {
  assert.match(
    judged('push', { ...example('push'), forced: 'no' }).failures.join(),
    /\/forced must be boolean/,
  )
  const { pusher: _, ...partial } = example('push')
  const { failures, warnings } = judged('push', partial)
  assert.deepEqual(failures, [])
  assert.match([...warnings].join(), /'pusher'/)
})
