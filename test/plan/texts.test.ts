import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseImageName } from '../../src/domain/image.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import { GITHUB_WORDS } from '../../src/domain/vocabulary.ts'
import type { Action, Standing } from '../../src/plan/action.ts'
import { aftermath } from '../../src/plan/aftermath.ts'
import { problemReport, standingReport } from '../../src/plan/explain/report.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { afterWriting } from '../support/applied.ts'
import {
  app,
  branchState,
  environment,
  file,
  line,
  manifests,
  offers,
  oid,
  onMain,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const BRANCH = 'supercargo/web/staging'
const NEW = onMain(line('bbbbbbb', 'aaaaaaa'))
const CONSENT = {
  accept: [{ from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['*'] }],
}

function first(each: World): Action | undefined {
  return plan(each, OPTIONS).actions[0]
}

function opened(each: World) {
  const action = first(each)
  assert.ok(action?.kind === 'open-change-request')
  return action.wish
}

test('the compare link compares commits, also where tags have more in them', () => {
  const config = { apps: [app({ environments: [environment({ tag: parseTagTemplate('main-{sha:7}') })] })] }
  const { body } = opened(world({ config, offers: NEW, snapshot: manifests('main-aaaaaaa') }))
  assert.match(body, /\(https:\/\/forge\.example\/acme\/web\/compare\/aaaaaaa\.\.\.bbbbbbb\)/)
})

test('a change of very many files and versions still fits into a change request', () => {
  const names = Array.from({ length: 50 }, (_, i) => `i${i}`)
  const images = names.map((name) => parseImageName(`ghcr.io/acme/${name}`))
  const tree = names.flatMap((name, i) =>
    Array.from({ length: 20 }, (_, copy) =>
      file(
        `apps/${'long/'.repeat(20)}${copy}/${name}.yaml`,
        `spec: { image: "ghcr.io/acme/${name}:old-${i}" }\n`,
      ),
    ),
  )
  const config = { apps: [app({ environments: [environment({ images, path: 'apps' })] })] }
  const { title, body } = opened(world({ config, offers: NEW, snapshot: manifests('x', { tree }) }))
  assert.ok(title.length <= 256, String(title.length))
  assert.ok(body.length <= 65_536, String(body.length))
})

test('a report of very many targets or problems fits, and says that there are more', () => {
  const standing: Standing = {
    target: 'web/staging',
    state: 'waiting',
    reason: { code: 'x', message: 'é'.repeat(900) },
    from: null,
    to: null,
    url: null,
  }
  const many = Array.from({ length: 1000 }, () => standing)
  const problem = { code: 'x', message: 'é'.repeat(400), advice: null, file: 'f', line: 1, column: 1 }
  const problems = Array.from({ length: 1000 }, () => problem)
  for (const report of [standingReport(many, () => false), problemReport('configuration', problems)]) {
    assert.ok(Buffer.byteLength(report.summary) <= 65_535)
    assert.match(report.summary, /… and \d+ more\.$/)
    assert.ok(report.annotations.length <= 100)
  }
})

test('after opening what the bot merges itself, nobody is told that a person must', () => {
  const config = { apps: [app({ environments: [environment({ merge: 'auto' })] })] }
  const parts = { config, offers: NEW, policy: { ok: true as const, value: CONSENT } }
  const { actions, standings } = plan(world({ ...parts, snapshot: manifests('aaaaaaa') }), OPTIONS)
  const [action] = actions
  assert.ok(action)
  const [after] = aftermath(standings, [
    { action, words: GITHUB_WORDS, opened: { number: 7, url: 'u' }, merge: null },
  ])
  assert.equal(after?.reason.code, 'merge-pending')
  assert.doesNotMatch(after.reason.message, /person/)
})

test('a change request whose version nobody wants any more is closed with that reason', () => {
  const tags = (...names: string[]) =>
    offers({ tags: { complete: true, items: names.map((name, i) => ({ name, commit: oid(`${i + 1}`) })) } })
  const config = {
    apps: [app({ environments: [environment({ follow: { kind: 'tag-glob', glob: 'v*' } })] })],
  }
  const snapshot = manifests('v1.0.0')
  const ahead = { status: 'ahead' as const, commits: [], total: 0, url: '' }
  const comparisons = { [`${oid('1')}...${oid('2')}`]: ahead }
  const open = afterWriting(
    snapshot,
    first(world({ config, offers: tags('v1.0.0', 'v2.0.0'), snapshot, comparisons })),
  )
  const action = first(world({ config, offers: tags('v1.0.0'), snapshot: open }))
  assert.ok(action?.kind === 'close-change-request')
  assert.equal(action.reason.code, 'not-wanted')
  assert.match(action.wish.body, /web\/staging should have v1\.0\.0 now/)
})

test('a branch that was just rebuilt on the base is not said to conflict with it', () => {
  const config = { apps: [app({ environments: [environment({ merge: 'auto' })] })] }
  const parts = { config, offers: NEW, policy: { ok: true as const, value: CONSENT } }
  const snapshot = manifests('aaaaaaa')
  const written = afterWriting(snapshot, first(world({ ...parts, snapshot })))
  const state = written.changeRequests[BRANCH]
  assert.ok(state?.open)
  const open = { ...state.open, mergeability: 'conflicting' as const }
  const result = plan(
    world({ ...parts, snapshot: { ...written, changeRequests: { [BRANCH]: { ...state, open } } } }),
    OPTIONS,
  )
  assert.deepEqual(result.actions, [])
  assert.equal(result.standings[0]?.reason.code, 'merge-pending')
  assert.notEqual(result.lookAgain, null)
})

test('a change request into another branch is moved once, and one with others’ commits is left with advice', () => {
  const snapshot = manifests('aaaaaaa')
  const written = afterWriting(snapshot, first(world({ offers: NEW, snapshot })))
  const state = written.changeRequests[BRANCH]
  assert.ok(state?.open && state.branch)
  const moved = { ...written, branch: 'release' }
  const action = first(world({ offers: NEW, snapshot: moved }))
  assert.ok(action?.kind === 'update-change-request')
  assert.equal(action.wish.base, 'release')
  const foreign = branchState({ ...state, branch: { ...state.branch, ours: false } })
  const held = plan(
    world({ offers: NEW, snapshot: { ...moved, changeRequests: { [BRANCH]: foreign } } }),
    OPTIONS,
  )
  assert.equal(held.standings[0]?.reason.code, 'other-base')
})

test('what the manifests hold now cannot mention anybody or skip CI in a title, message or note', () => {
  const text = 'image:\n  repository: ghcr.io/acme/web\n  tag: "@alice [skip ci] fixes #1"\n'
  const tree = [file('apps/web/overlays/staging/values.yaml', text)]
  const { actions, standings } = plan(world({ offers: NEW, snapshot: manifests('x', { tree }) }), OPTIONS)
  const said = actions.flatMap((action) =>
    action.kind === 'open-change-request' ? [action.wish.title, action.wish.commit.message] : [],
  )
  assert.ok(said.length > 0 || standings[0]?.state === 'refused')
  assert.doesNotMatch(said.join('\n'), /@alice|skip ci|#1/)
})
