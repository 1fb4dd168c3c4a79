import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { accountById } from '../../src/sandbox/model/access.ts'
import { findPull } from '../../src/sandbox/model/pulls.ts'
import { withdrawReview } from '../../src/sandbox/model/review-requests.ts'
import { POLICY } from '../support/acme.ts'
import { grant } from '../support/speaker.ts'
import { acrossForges, SOURCE, type Stage, settle } from '../support/stage.ts'

const SAME = [
  { name: 'GitHub', source: 'github', target: 'github' },
  { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
] as const

const ASKING = `${POLICY}    reviewers: { staging: [user:alice, user:nobody], "*": user:bob }\n`

/** Who is asked to review a change request. */
function asked({ target, manifests }: Stage, number: number): string[] {
  const { model } = target.inside
  const pull = findPull(model, manifests, number)
  return (pull?.reviewerIds ?? []).map((id) => accountById(model, id).login)
}

acrossForges((stage) => {
  test('the bot asks whom the policy names, once, tells who cannot be asked, and approves nothing', async () => {
    await stage(async (s) => {
      for (const login of ['alice', 'bob']) grant(s.target, s.manifests, login, 'write')
      await s.person.commit('main', {
        '.supercargo/policy.yml': ASKING.replace('merge: [staging]', 'merge: []'),
      })
      await s.push('One')
      await settle(s)
      assert.deepEqual(asked(s, 1), ['alice'])
      const told = s.bot.journal.filter(({ code }) => code === 'reviewer-not-asked')
      assert.deepEqual(
        told.map(({ message }) => message.split('.')[0]),
        ['user:nobody could not be asked for a review'],
      )
      // a person takes alice off: nobody is asked again, neither by the next pass nor for the next version
      const { model } = s.target.inside
      const pull = findPull(model, s.manifests, 1)
      assert.ok(pull)
      withdrawReview(model, pull, { people: ['alice'], teams: [] })
      assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
      await s.push('Two')
      await settle(s)
      assert.deepEqual(asked(s, 1), [])
      assert.equal(s.bot.journal.filter(({ code }) => code === 'reviewer-not-asked').length, 1)
      // whoever is named later is asked later
      await s.person.commit('main', {
        '.supercargo/policy.yml': `${ASKING.replace('merge: [staging]', 'merge: []')}`.replace(
          '[user:alice',
          '[user:bob, user:alice',
        ),
      })
      await settle(s)
      assert.deepEqual(asked(s, 1), ['bob'])
      assert.deepEqual(s.bot.journal.filter(({ action }) => action === 'ask-reviewers').length, 1)
      assert.deepEqual(model.tables.reviews.all(), [])
    })
  })
}, SAME)

test('the bot has no way to approve anything', () => {
  const adapters = readdirSync('src/forge', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  )
  assert.ok(adapters.length > 50)
  const wrong = adapters.filter((file) =>
    /\/approve|addPullRequestReview|submitPullRequestReview|\/reviews\b|MergeRequestApprovals|approve\(/.test(
      readFileSync(join('src/forge', file), 'utf8'),
    ),
  )
  assert.deepEqual(wrong, [])
})
