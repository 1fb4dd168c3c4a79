import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, Policy } from '../../src/config/model.ts'
import { parseImageName } from '../../src/domain/image.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import { compareReleases } from '../../src/plan/versions/release-tags.ts'
import { planWith, type Shelves, sha256 } from '../support/answering.ts'
import {
  app,
  environment,
  file,
  kustomization,
  line,
  manifests,
  offers,
  oid,
  world,
} from '../support/world.ts'

const COMMIT = '98ce82a'
const BUILT = 'ghcr.io/acme/web:98ce82a'
const RELEASED = 'ghcr.io/acme/web:v0.1.2'
const POLICY: Policy = {
  accept: [
    {
      from: { forge: null, glob: 'acme/web' },
      paths: ['**'],
      images: ['ghcr.io/acme/web', 'ghcr.io/acme/web-ci', 'ghcr.io/acme/api'],
      merge: [],
      direct: [],
    },
  ],
}

function release(
  change: Partial<Environment> = {},
  { policy = POLICY, has = 'v0.1.1' }: { policy?: Policy | null; has?: string } = {},
) {
  const production = environment({
    name: 'production',
    follow: { kind: 'tag-glob', glob: 'v*' },
    retag: { from: null },
    ...change,
  })
  const tags = {
    complete: true,
    items: [
      { name: 'v0.1.1', commit: oid('aaaaaaa') },
      { name: 'v0.1.2', commit: oid(COMMIT) },
    ],
  }
  const branches = { main: { head: oid(COMMIT), commits: line(COMMIT, 'aaaaaaa') } }
  const tree = production.images.map(({ written }, index) =>
    file(
      `apps/web/overlays/staging/${index === 0 ? 'kustomization' : 'other'}.yaml`,
      index === 0 ? kustomization(has) : `image: ${written}:${has}\n`,
    ),
  )
  return world({
    config: { apps: [app({ environments: [production] })] },
    offers: offers({ tags, branches }),
    snapshot: manifests(has, { tree }),
    policy: { ok: true, value: policy },
  })
}

function outcome(shelves: Shelves, each: ReturnType<typeof release>) {
  const { actions, standings } = planWith(shelves, each)
  const [standing] = standings
  assert.ok(standing !== undefined)
  return { kinds: actions.map(({ kind }) => kind), actions, standing, code: standing.reason.code }
}

test('a release whose commit was built gets its tag first, and no change request before it has it', () => {
  const { actions, kinds, standing } = outcome({ tags: { [BUILT]: sha256('1') } }, release())
  assert.deepEqual(kinds, ['retag'])
  assert.ok(actions[0]?.kind === 'retag')
  const web = parseImageName('ghcr.io/acme/web')
  assert.deepEqual(actions[0].wish, { from: web, to: web, digest: sha256('1'), tag: 'v0.1.2' })
  assert.match(
    actions[0].reason.message,
    /gets the tag v0\.1\.2 for sha256:1+, which is ghcr\.io\/acme\/web:98ce82a\./,
  )
  assert.equal(standing.state, 'changing')
})

test('a release that has its tag is proposed, and the body says that it is the same image', () => {
  const tags = { [BUILT]: sha256('1'), [RELEASED]: sha256('1') }
  const { actions, kinds } = outcome({ tags }, release())
  assert.deepEqual(kinds, ['open-change-request'])
  assert.ok(actions[0]?.kind === 'open-change-request')
  assert.ok(actions[0].wish.body.includes(`\`${sha256('1')}\` = \`98ce82a\` = \`v0.1.2\`.`))
})

test('a release whose commit was never built waits and says for what', () => {
  const { kinds, standing, code } = outcome({}, release())
  assert.deepEqual(kinds, [])
  assert.equal(code, 'waits-for-image')
  assert.match(standing.reason.message, /ghcr\.io\/acme\/web:98ce82a/)
})

test('a tag that names another image already is refused with both digests, and never moved', () => {
  const tags = { [BUILT]: sha256('1'), [RELEASED]: sha256('2') }
  const { kinds, standing, code } = outcome({ tags }, release())
  assert.deepEqual(kinds, [])
  assert.equal(code, 'tag-taken')
  assert.ok(standing.reason.message.includes(sha256('1')) && standing.reason.message.includes(sha256('2')))
})

test('images of CI in a repository of their own are the source, when the policy accepts them too', () => {
  const from = parseImageName('ghcr.io/acme/web-ci')
  const shelves = { tags: { 'ghcr.io/acme/web-ci:98ce82a': sha256('1') } }
  const { actions } = outcome(shelves, release({ retag: { from } }))
  assert.ok(actions[0]?.kind === 'retag')
  assert.equal(actions[0].wish.from.written, 'ghcr.io/acme/web-ci')
  const closed = { accept: POLICY.accept.map((entry) => ({ ...entry, images: ['ghcr.io/acme/web'] })) }
  const refused = planWith(shelves, release({ retag: { from } }, { policy: closed }))
  assert.equal(refused.standings[0]?.reason.code, 'image-not-accepted')
  assert.deepEqual(refused.asked, [], 'and no registry was asked about it')
})

test('nothing is tagged on the word of nobody: without a policy it is refused', () => {
  const { kinds, code } = outcome({ tags: { [BUILT]: sha256('1') } }, release({}, { policy: null }))
  assert.deepEqual(kinds, [])
  assert.equal(code, 'retag-not-accepted')
})

test('what the operator does not let the source tag is refused when it is planned', () => {
  const shelves = { tags: { [BUILT]: sha256('1') }, denied: ['ghcr.io/acme/web'] }
  const { kinds, standing, code } = outcome(shelves, release())
  assert.deepEqual([kinds, standing.state, code], [[], 'refused', 'retag-denied'])
})

test('without a policy a release that has its tag is proposed all the same', () => {
  const tags = { [BUILT]: sha256('1'), [RELEASED]: sha256('1') }
  assert.deepEqual(outcome({ tags }, release({}, { policy: null })).kinds, ['open-change-request'])
})

test('of several images all are tagged, or none', () => {
  const images = [parseImageName('ghcr.io/acme/web'), parseImageName('ghcr.io/acme/api')]
  const one = outcome({ tags: { [BUILT]: sha256('1') } }, release({ images }))
  assert.deepEqual(one.kinds, [])
  assert.equal(one.code, 'waits-for-image')
  const tags = { [BUILT]: sha256('1'), 'ghcr.io/acme/api:98ce82a': sha256('2') }
  assert.deepEqual(outcome({ tags }, release({ images })).kinds, ['retag', 'retag'])
  const half = { ...tags, [RELEASED]: sha256('1') }
  assert.deepEqual(outcome({ tags: half }, release({ images })).kinds, ['retag'])
})

test('the gates are asked of the image of the commit, before it gets the tag', () => {
  const gates = { scan: 'high' as const, signature: [] }
  const tags = { [BUILT]: sha256('1') }
  const found = { state: 'done' as const, worst: 'critical' as const, counts: { critical: 1 } }
  const stopped = outcome({ tags, scans: { [sha256('1')]: found } }, release({ gates }))
  assert.deepEqual(stopped.kinds, [])
  assert.equal(stopped.code, 'scan-vulnerable')
  const clean = { state: 'done' as const, worst: 'low' as const, counts: { low: 2 } }
  assert.deepEqual(outcome({ tags, scans: { [sha256('1')]: clean } }, release({ gates })).kinds, ['retag'])
  const both = { ...tags, [RELEASED]: sha256('1') }
  const { actions } = outcome({ tags: both, scans: { [sha256('1')]: clean } }, release({ gates }))
  assert.ok(actions[0]?.kind === 'open-change-request')
  assert.match(
    actions[0].wish.body,
    /= `v0\.1\.2`\. The scanner found nothing of severity high or worse \(2 low\)\./,
  )
})

test('a release that is deployed needs the image of its commit no more', () => {
  const { kinds, standing } = outcome({ tags: { [RELEASED]: sha256('1') } }, release({}, { has: 'v0.1.2' }))
  assert.deepEqual(kinds, [])
  assert.equal(standing.state, 'current')
})

test('nothing is tagged for a version that the environment is past', () => {
  const { kinds } = outcome({ tags: { [BUILT]: sha256('1') } }, release({}, { has: 'v0.2.0' }))
  assert.deepEqual(kinds, [])
})

test('a registry that does not answer is waited for, and nothing is tagged', () => {
  const { kinds, standing } = outcome({ down: ['ghcr.io/acme/web'] }, release())
  assert.deepEqual([kinds, standing.state], [[], 'waiting'])
})

const REVISION = 'org.opencontainers.image.revision'

test('tags that nobody can compute are looked for by the labels of the images', () => {
  const tag = parseTagTemplate('b{n}.{timestamp}')
  const tags = {
    'ghcr.io/acme/web:b8.20260102.1': sha256('1'),
    'ghcr.io/acme/web:b9.20260103.1': sha256('2'),
  }
  const labels = { [sha256('1')]: { [REVISION]: oid(COMMIT) }, [sha256('2')]: { [REVISION]: oid('bbbbbbb') } }
  const { actions } = outcome({ tags, labels }, release({ tag }))
  assert.ok(actions[0]?.kind === 'retag')
  assert.equal(actions[0].wish.digest, sha256('1'))
  assert.match(actions[0].reason.message, /which is ghcr\.io\/acme\/web:b8\.20260102\.1\./)
  const { kinds, code } = outcome({ tags, labels: { [sha256('2')]: {} } }, release({ tag }))
  assert.deepEqual([kinds, code], [[], 'no-commit-in-image'])
})

test('a release is on no branch: the image of whichever was built counts, and that of the default branch first', () => {
  const tag = parseTagTemplate('{branch}-{sha:7}')
  const other = { 'ghcr.io/acme/web:zebra-98ce82a': sha256('2') }
  const wishOf = (tags: Record<string, string>) => {
    const [action] = outcome({ tags }, release({ tag })).actions
    return action?.kind === 'retag' ? action.wish.digest : null
  }
  assert.equal(wishOf(other), sha256('2'))
  assert.equal(wishOf({ 'ghcr.io/acme/web:main-98ce82a': sha256('1'), ...other }), sha256('1'))
  assert.equal(wishOf({ 'ghcr.io/acme/web:main-aaaaaaa': sha256('1') }), null)
})

const plain = { tag: parseTagTemplate('{version}') }

test('where the template names the version, the image of v0.1.2 is 0.1.2', () => {
  const ready = { image: true, checks: null, within: 3600 }
  const tags = { 'ghcr.io/acme/web:0.1.2': sha256('1') }
  const { kinds, actions } = outcome({ tags }, release({ ...plain, retag: null, ready }, { has: '0.1.1' }))
  assert.deepEqual(kinds, ['open-change-request'])
  assert.ok(actions[0]?.kind === 'open-change-request')
  assert.match(actions[0].wish.title, /0\.1\.1 → 0\.1\.2$/)
  assert.match(actions[0].wish.body, /v0\.1\.1\.\.\.v0\.1\.2/, 'and the tags of the repository are compared')
  const before = { tags: { 'ghcr.io/acme/web:0.1.1': sha256('0') } }
  const missing = outcome(before, release({ ...plain, retag: null, ready }, { has: '0.1.1' }))
  assert.match(missing.standing.reason.message, /ghcr\.io\/acme\/web:0\.1\.2/)
})

test('where the template names the version, a re-tag from another repository gives the same name', () => {
  const from = parseImageName('ghcr.io/acme/web-ci')
  const shelves = { tags: { 'ghcr.io/acme/web-ci:0.1.2': sha256('1') } }
  const { actions } = outcome(shelves, release({ ...plain, retag: { from } }, { has: '0.1.1' }))
  assert.ok(actions[0]?.kind === 'retag')
  assert.equal(actions[0].wish.tag, '0.1.2')
})

test('where the template names the version, nothing moves backwards although a tag of the repository is gone', () => {
  const tags = { 'ghcr.io/acme/web:0.1.2': sha256('1'), 'ghcr.io/acme/web:0.2.0': sha256('2') }
  for (const tag of [plain.tag, parseTagTemplate('{version}-{sha:7}')]) {
    const has = tag.source === '{version}' ? '0.2.0' : '0.2.0-bbbbbbb'
    assert.deepEqual(outcome({ tags }, release({ tag, retag: null }, { has })).kinds, [])
  }
})

test('pre-releases keep their order where a commit is behind the version', () => {
  const production = { tag: parseTagTemplate('{version}-{sha:7}') }
  assert.ok(compareReleases(production, '1.0.0-rc.10-0000000', '1.0.0-rc.9-fffffff') > 0)
})
