import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment } from '../../src/config/model.ts'
import type { ManifestFile } from '../../src/forge/forge.ts'
import { planWith, type Shelves, sha256 } from '../support/answering.ts'
import { applyAction } from '../support/apply-plan.ts'
import { app, environment, file, line, manifests, offers, oid, onMain, world } from '../support/world.ts'

const WEB = 'ghcr.io/acme/web'
const NEW = 'ccccccc'
const AT: Shelves = { tags: { [`${WEB}:${NEW}`]: sha256('1') } }
const DIGEST_RULE: Partial<Environment> = { follow: { kind: 'registry-digest', tag: 'latest' } }

function yaml(text: string, name = 'web.yaml'): ManifestFile {
  return file(`apps/web/overlays/staging/${name}`, text)
}

function pinned(text: string, change: Partial<Environment> = { pin: true }) {
  return world({
    config: { apps: [app({ environments: [environment(change)] })] },
    offers: onMain(line(NEW, 'aaaaaaa')),
    snapshot: manifests('x', { tree: [yaml(text)] }),
  })
}

function opened(result: ReturnType<typeof planWith>) {
  const [action] = result.actions
  assert.ok(action?.kind === 'open-change-request', JSON.stringify(result.standings))
  return { ...action.wish, reason: action.reason, text: action.edits[0]?.after }
}

test('pinning writes the digest beside the tag, and the body says so', () => {
  const { text, body, title } = opened(planWith(AT, pinned(`image: ${WEB}:aaaaaaa\n`)))
  assert.equal(text, `image: ${WEB}:${NEW}@${sha256('1')}\n`)
  assert.equal(title, 'web staging: aaaaaaa → ccccccc')
  assert.match(body, /The digest is written beside the tag/)
})

test('where there is no place for a digest the tag stays alone, and the body says where', () => {
  const { text, body } = opened(planWith(AT, pinned(`image:\n  repository: ${WEB}\n  tag: aaaaaaa\n`)))
  assert.equal(text, `image:\n  repository: ${WEB}\n  tag: ${NEW}\n`)
  assert.match(body, /`apps\/web\/overlays\/staging\/web\.yaml:3` can only say the tag/)
})

test('a version that is there already gets its digest when pinning is switched on', () => {
  const { text, reason } = opened(planWith(AT, pinned(`image: ${WEB}:${NEW}\n`)))
  assert.equal(text, `image: ${WEB}:${NEW}@${sha256('1')}\n`)
  assert.equal(reason.code, 'digest-pinned')
})

test('an image that nobody has pushed is waited for, for its digest cannot be guessed', () => {
  const { actions, standings } = planWith({}, pinned(`image: ${WEB}:aaaaaaa\n`))
  assert.deepEqual([actions, standings[0]?.reason.code], [[], 'waits-for-image'])
})

test('a digest that stands in the manifests is brought up to date with its tag although nothing is pinned', () => {
  const text = `image: ${WEB}:aaaaaaa@${sha256('9')}\n`
  assert.equal(opened(planWith(AT, pinned(text, {}))).text, `image: ${WEB}:${NEW}@${sha256('1')}\n`)
})

test('without pinning a digest is written nowhere it was not', () => {
  assert.equal(opened(planWith(AT, pinned(`image: ${WEB}:aaaaaaa\n`, {}))).text, `image: ${WEB}:${NEW}\n`)
})

test('a tag that moved under a pinned version is told, and not followed', () => {
  const { actions, standings } = planWith(AT, pinned(`image: ${WEB}:${NEW}@${sha256('9')}\n`))
  assert.deepEqual(actions, [])
  assert.equal(standings[0]?.state, 'held')
  assert.equal(standings[0]?.reason.code, 'tag-moved')
  assert.ok(standings[0]?.reason.message.includes(sha256('9')))
})

test('the digest rule follows its tag to another image, and says that the tag names another', () => {
  const shelves = { tags: { [`${WEB}:latest`]: sha256('2') } }
  const { text, title, reason, body } = opened(
    planWith(shelves, pinned(`image: ${WEB}:latest@${sha256('1')}\n`, DIGEST_RULE)),
  )
  assert.equal(text, `image: ${WEB}:latest@${sha256('2')}\n`)
  assert.equal(title, 'web staging: latest@111111111111 → latest@222222222222')
  assert.equal(reason.code, 'digest-moved')
  assert.match(body, /The tag latest of ghcr\.io\/acme\/web names another image now\./)
})

test('the digest rule writes the digest where the manifests have only the tag', () => {
  const shelves = { tags: { [`${WEB}:latest`]: sha256('2') } }
  assert.equal(
    opened(planWith(shelves, pinned(`image: ${WEB}:latest\n`, DIGEST_RULE))).text,
    `image: ${WEB}:latest@${sha256('2')}\n`,
  )
})

test('an image that came under the same tag later is another version: the one before was merged and is no obstacle', () => {
  const before = pinned(`image: ${WEB}:latest@${sha256('1')}\n`, DIGEST_RULE)
  const second = { tags: { [`${WEB}:latest`]: sha256('2') } }
  const third = { tags: { [`${WEB}:latest`]: sha256('3') } }
  const [open] = planWith(second, before).actions
  assert.ok(open !== undefined)
  const opening = applyAction(before, open)
  const [state] = opening.manifests
  const request = state?.snapshot?.changeRequests['supercargo/web/staging']?.open
  assert.ok(request)
  const merge = { number: request.number, expectedHead: request.head, branch: 'supercargo/web/staging' }
  const { repository, target, reason } = open
  const merged = applyAction(opening, {
    kind: 'merge-change-request',
    repository,
    target,
    reason,
    wish: merge,
  })
  assert.deepEqual(planWith(second, merged).actions, [])
  assert.equal(
    opened(planWith(third, merged)).title,
    'web staging: latest@222222222222 → latest@333333333333',
  )
})

test('a release is held where its tag was moved after it was deployed', () => {
  const tags = { complete: true, items: [{ name: 'v1.0.0', commit: oid('a') }] }
  const follow = { kind: 'tag-glob' as const, glob: 'v*' }
  const each = {
    ...pinned(`image: ${WEB}:v1.0.0@${sha256('1')}\n`, { pin: true, follow }),
    offers: offers({ tags }),
  }
  const { standings } = planWith({ tags: { [`${WEB}:v1.0.0`]: sha256('2') } }, each)
  assert.equal(standings[0]?.reason.code, 'tag-moved')
})
