import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, Follow } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { planWith, type Shelves, sha256 } from '../support/answering.ts'
import { app, environment, file, line, manifests, offers, oid, onMain, world } from '../support/world.ts'

const WEB = 'ghcr.io/acme/web'
const RANGE: Follow = { kind: 'registry-range', range: '^1.2' }
const NEWEST: Follow = { kind: 'registry-newest', glob: 'main-*' }

function shelves(...tags: string[]): Shelves {
  return { tags: Object.fromEntries(tags.map((tag, index) => [`${WEB}:${tag}`, sha256(String(index + 1))])) }
}

function following(follow: Follow, has: string, change: Partial<Environment> = {}) {
  return world({
    config: { apps: [app({ environments: [environment({ follow, ...change })] })] },
    offers: offers(),
    snapshot: manifests(has),
  })
}

function wished(result: ReturnType<typeof planWith>) {
  const [action] = result.actions
  assert.ok(action?.kind === 'open-change-request', JSON.stringify(result.standings))
  return action.wish
}

test('the highest version in the range that the registry has is proposed, and the body explains the rule', () => {
  const { title, body } = wished(planWith(shelves('1.2.0', '1.10.0', '2.0.0'), following(RANGE, '1.2.0')))
  assert.equal(title, 'web staging: 1.2.0 → 1.10.0')
  assert.match(
    body,
    /highest version among the tags of ghcr\.io\/acme\/web that is in the range \^\u200b1\.2/,
  )
  assert.ok(body.includes(`\`${sha256('2')}\` = \`1.10.0\`.`))
})

test('what is newest in natural order is proposed', () => {
  const found = planWith(shelves('main-9', 'main-10', 'dev-11'), following(NEWEST, 'main-9'))
  assert.equal(wished(found).title, 'web staging: main-9 → main-10')
})

test('an environment never moves backwards when tags are deleted', () => {
  for (const [follow, has, left] of [
    [RANGE, '1.10.0', '1.9.0'],
    [NEWEST, 'main-10', 'main-9'],
  ] as const) {
    const { actions, standings } = planWith(shelves(left), following(follow, has))
    assert.deepEqual(actions, [])
    assert.equal(standings[0]?.reason.code, 'never-backwards')
  }
})

test('a version beyond the range is not moved back into it', () => {
  const { standings } = planWith(shelves('1.9.0'), following(RANGE, '2.0.0'))
  assert.equal(standings[0]?.reason.code, 'never-backwards')
})

test('a tag that the rule says nothing of gives way', () => {
  assert.equal(
    wished(planWith(shelves('main-1'), following(NEWEST, 'abc'))).title,
    'web staging: abc → main-1',
  )
})

test('only tags that every image has are versions', () => {
  const images = [parseImageName(WEB), parseImageName('ghcr.io/acme/api')]
  const tags = { ...shelves('1.2.0', '1.3.0').tags, 'ghcr.io/acme/api:1.2.0': sha256('9') }
  const tree = [
    file('apps/web/overlays/staging/a.yaml', `image: ${WEB}:1.1.0\napi: {image: "ghcr.io/acme/api:1.1.0"}\n`),
  ]
  const each = world({
    config: { apps: [app({ environments: [environment({ follow: RANGE, images })] })] },
    offers: offers(),
    snapshot: manifests('x', { tree }),
  })
  assert.equal(wished(planWith({ tags }, each)).title, 'web staging: 1.1.0 → 1.2.0')
})

test('an environment that is up to date costs one listing and nothing more', () => {
  const { asked, actions, standings } = planWith(shelves('1.2.0'), following(RANGE, '1.2.0'))
  assert.deepEqual(asked, [`tags ${WEB}`])
  assert.deepEqual([actions, standings[0]?.state], [[], 'current'])
})

test('a registry that has no such tag, or does not answer, is waited for with the reason', () => {
  const none = planWith(shelves('latest'), following(RANGE, '1.2.0'))
  assert.equal(none.standings[0]?.reason.code, 'no-matching-tag')
  const silent = planWith({ down: [WEB] }, following(RANGE, '1.2.0'))
  assert.deepEqual([silent.standings[0]?.state, silent.actions], ['waiting', []])
})

test('commits are listed where the labels of both images name them', () => {
  const labels = (digits: string) => ({ 'org.opencontainers.image.revision': oid(digits) })
  const each = {
    ...shelves('1.2.0', '1.3.0'),
    labels: { [sha256('1')]: labels('aaaaaaa'), [sha256('2')]: labels('ccccccc') },
  }
  const built = { ...following(RANGE, '1.2.0'), offers: onMain(line('ccccccc', 'bbbbbbb', 'aaaaaaa')) }
  assert.match(wished(planWith(each, built)).body, /### 2 commits/)
})

test('a version that its gates refuse does not move, and the reason is told', () => {
  const scans = { [sha256('1')]: { state: 'done' as const, worst: 'high' as const, counts: { high: 2 } } }
  const gates = { scan: 'high' as const, signature: [] }
  const found = planWith({ ...shelves('1.3.0'), scans }, following(RANGE, '1.2.0', { gates }))
  assert.deepEqual(found.actions, [])
  assert.equal(found.standings[0]?.reason.code, 'scan-vulnerable')
})
