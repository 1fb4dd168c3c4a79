import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '../../src/config/model.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import type { World } from '../../src/plan/world.ts'
import { type Facts, planWith, silence } from '../support/facts.ts'
import { app, environment, line, manifests, oid, onMain, world } from '../support/world.ts'

const IMAGE = 'ghcr.io/acme/web'
const COMMITS = ['eeeeeee', 'ddddddd', 'ccccccc']
const REVISION = 'org.opencontainers.image.revision'

function onStaging(tag: string, present: string, change: Partial<Environment> = {}): World {
  const ready = { image: true, checks: null, within: 3600 }
  const staging = environment({ ready, tag: parseTagTemplate(tag), ...change })
  return world({
    config: { apps: [app({ environments: [staging] })] },
    offers: onMain(line(...COMMITS)),
    snapshot: manifests(present),
  })
}

/** Images by tag, with the commit that each was built from. */
function built(commits: Record<string, string | null>): Facts {
  const images = Object.entries(commits).map(([tag, commit]) => [
    `${IMAGE}:${tag}`,
    commit === null ? {} : { [REVISION]: oid(commit) },
  ])
  return { images: Object.fromEntries(images) }
}

function outcome(start: World, facts: Facts) {
  const { plan, rounds } = planWith(start, facts)
  const [standing] = plan.standings
  assert.ok(standing)
  return { to: plan.actions.length === 0 ? null : standing.to, standing, asked: rounds.flat() }
}

test('numbered builds are read back to commits by the labels of the images', () => {
  const facts = built({ 'b7.20260101.1': 'ccccccc', 'b9.20260102.1': 'eeeeeee', 'b10.20260102.2': 'ddddddd' })
  const { to } = outcome(onStaging('b{n}.{timestamp}', 'b7.20260101.1'), facts)
  assert.equal(to, 'b9.20260102.1', 'the newest commit counts, not the newest build')
})

test('a build of an older commit that ended later never replaces a newer one', () => {
  const facts = built({ b9: 'eeeeeee', b10: 'ddddddd' })
  const { to, standing } = outcome(onStaging('b{n}', 'b9'), facts)
  assert.equal(to, null)
  assert.equal(standing.state, 'current')
})

test('the time of a build counts before its number, which may begin anew', () => {
  const facts = built({ 'b900.20260101': 'eeeeeee', 'b1.20260201': 'eeeeeee' })
  assert.equal(outcome(onStaging('b{n}.{date}', 'ccccccc'), facts).to, 'b1.20260201')
})

test('a commit that was built anew gets its newest build, and no older one', () => {
  const facts = built({ b9: 'eeeeeee', b10: 'eeeeeee' })
  assert.equal(outcome(onStaging('b{n}', 'b9'), facts).to, 'b10')
  assert.equal(outcome(onStaging('b{n}', 'b10'), facts).to, null)
  assert.equal(outcome(onStaging('b{n}', 'b10'), built({ b9: 'eeeeeee' })).to, null)
})

test('Cloud Native Buildpacks say the commit in their own label', () => {
  const metadata = JSON.stringify({ source: { type: 'git', version: { commit: oid('eeeeeee') } } })
  const images = { [`${IMAGE}:b2`]: { 'io.buildpacks.project.metadata': metadata }, [`${IMAGE}:b1`]: {} }
  assert.equal(outcome(onStaging('b{n}', 'b1'), { images }).to, 'b2')
})

test('a date before an abbreviated commit is read by the template, without a look at labels', () => {
  const facts = built({ '20260103-ddddddd': null, '20260102-eeeeeee': null, '20260104-eeeeeee': null })
  const { to, asked } = outcome(onStaging('{date}-{sha:7}', 'ccccccc'), facts)
  assert.equal(to, '20260104-eeeeeee')
  assert.ok(asked.every((key) => !key.startsWith(`labels ${IMAGE} b`)))
})

test('a regular expression reads only what it matches, and allow and deny choose among that', () => {
  const facts = built({ 'v5-eeeeeee': null, 'r9-eeeeeee': null, 'r8-eeeeeee': null })
  const tags = { allow: [], deny: ['r9-*'], extract: null, prereleases: false }
  const { to } = outcome(onStaging('/^r(?<n>\\d+)-(?<sha>[0-9a-f]{7})$/', 'r1-ccccccc', { tags }), facts)
  assert.equal(to, 'r8-eeeeeee')
})

test('an image that does not say its commit is waited for with advice', () => {
  const { to, standing } = outcome(onStaging('b{n}', 'b1'), built({ b1: 'ccccccc', b2: null }))
  assert.equal(to, null)
  assert.equal(standing.waiting?.[0]?.waits[0]?.reason.code, 'no-commit-in-image')
  assert.match(standing.reason.message, /b2 does not say from which commit it was built/)
})

test('at most fifteen images are asked for their labels, and none that is older than what is deployed', () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`b${n + 1}`, 'aaaaaaa']))
  const labels = (present: string) =>
    outcome(onStaging('b{n}', present), built(many)).asked.filter((key) => key.startsWith('labels')).length
  assert.equal(labels('b38'), 3)
  assert.equal(labels('b2'), 16, 'and that of what is deployed')
})

test('nothing moves while nobody can say from which commit an image was built', () => {
  const facts = {
    ...built({ b1: 'ccccccc', b2: 'eeeeeee' }),
    down: { [`manifest ${IMAGE} b2`]: silence('down') },
  }
  const { to, standing } = outcome(onStaging('b{n}', 'b1'), facts)
  assert.equal(to, null)
  assert.match(standing.reason.message, /^From which commit ghcr\.io\/acme\/web:b2 was built cannot be told/)
})

test('a tag that the template does not explain is taken for the commit that its image names', () => {
  const facts = built({ stable: 'ddddddd', eeeeeee: null, ccccccc: null })
  const behind = { ...built({ stable: 'eeeeeee', ccccccc: null, ddddddd: null }) }
  assert.equal(outcome(onStaging('{sha:7}', 'stable'), facts).to, 'eeeeeee')
  assert.equal(outcome(onStaging('{sha:7}', 'stable'), behind).to, null)
})
