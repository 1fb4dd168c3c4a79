import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BRANCH_VARIABLES, TITLE_VARIABLES } from '../../src/domain/branch-template.ts'
import { parseTemplate } from '../../src/domain/template.ts'
import type { BranchState } from '../../src/forge/forge.ts'
import type { Action } from '../../src/plan/action.ts'
import { versionBranches } from '../../src/plan/change-requests/own-branch.ts'
import { plan } from '../../src/plan/plan.ts'
import { manifestQueries, strayBranches } from '../../src/plan/queries.ts'
import type { World } from '../../src/plan/world.ts'
import { applyAction } from '../support/apply-plan.ts'
import {
  app,
  branchState,
  changeRequest,
  environment,
  line,
  MANIFESTS,
  manifests,
  oid,
  onMain,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const HISTORY = ['ccccccc', 'bbbbbbb', 'aaaaaaa']

function config(branch: string, title: string | null = null) {
  const named = environment({
    branch: parseTemplate(branch, BRANCH_VARIABLES),
    title: title === null ? null : parseTemplate(title, TITLE_VARIABLES),
  })
  return { apps: [app({ environments: [named] })] }
}

/** The application at a commit of its history, and manifests whose policy lets these branches be used. */
function at(
  digits: string,
  states: Record<string, BranchState> = {},
  branches: string[] = ['argocd/*'],
  template = 'argocd/{sha:7}',
): World {
  const accept = [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: [], direct: [], branches },
  ]
  return world({
    config: config(template, 'Runner: {sha:7}'),
    offers: onMain(line(...HISTORY.slice(HISTORY.indexOf(digits)))),
    snapshot: manifests('aaaaaaa', { changeRequests: states }),
    policy: { ok: true, value: { accept } },
  })
}

function does(each: World): string[] {
  return plan(each, OPTIONS).actions.map(described)
}

function described(action: Action): string {
  switch (action.kind) {
    case 'open-change-request':
      return `opens ${action.wish.branch} "${action.wish.title}"`
    case 'close-change-request':
      return `closes ${action.wish.branch}: ${action.reason.code}`
    case 'delete-branch':
      return `deletes ${action.branch}: ${action.reason.code}`
    default:
      return action.kind
  }
}

/** The states of the branches once a world's plan has been carried out. */
function afterwards(each: World): Record<string, BranchState> {
  const { manifests: places } = plan(each, OPTIONS).actions.reduce(applyAction, each)
  return places[0]?.snapshot?.changeRequests ?? {}
}

function why(each: World) {
  const [standing] = plan(each, OPTIONS).standings
  return [standing?.state, standing?.reason.code]
}

test('a change request has the branch and the title that the team has chosen', () => {
  const first = at('bbbbbbb')
  assert.deepEqual(does(first), ['opens argocd/bbbbbbb "Runner: bbbbbbb"'])
  const [action] = plan(first, OPTIONS).actions
  assert.ok(action?.kind === 'open-change-request' && action.wish.consented === true)
  assert.deepEqual(does(at('bbbbbbb', afterwards(first))), [])
})

test('a newer version gets a change request of its own, and the one before it is closed', () => {
  const open = afterwards(at('bbbbbbb'))
  const newer = at('ccccccc', open)
  assert.deepEqual(does(newer), [
    'opens argocd/ccccccc "Runner: ccccccc"',
    'closes argocd/bbbbbbb: superseded',
  ])
  const [action] = plan(newer, OPTIONS).actions
  assert.ok(action?.kind === 'open-change-request')
  assert.match(action.wish.body, /Supersedes `bbbbbbb`\./)
  const done = at('ccccccc', afterwards(newer))
  assert.deepEqual(does(done), [])
  assert.equal(done.manifests[0]?.snapshot?.changeRequests['argocd/bbbbbbb']?.open, null)
})

test('when only the new one was opened before a stop, the next pass closes the old one', () => {
  const newer = at('ccccccc', afterwards(at('bbbbbbb')))
  const [opening] = plan(newer, OPTIONS).actions
  assert.ok(opening)
  const half = applyAction(newer, opening).manifests[0]?.snapshot?.changeRequests ?? {}
  assert.deepEqual(does(at('ccccccc', half)), ['closes argocd/bbbbbbb: superseded'])
})

test('a branch without a change request, as half a write leaves it, is taken up again', () => {
  const [name = '', state] = Object.entries(afterwards(at('bbbbbbb')))[0] ?? []
  assert.ok(state)
  assert.deepEqual(does(at('bbbbbbb', { [name]: { ...state, open: null } })), [
    'opens argocd/bbbbbbb "Runner: bbbbbbb"',
  ])
})

test('an older change request that a person has committed to is theirs, and nothing is opened beside it', () => {
  const states = afterwards(at('bbbbbbb'))
  const state = states['argocd/bbbbbbb']
  assert.ok(state?.branch)
  const newer = at('ccccccc', { 'argocd/bbbbbbb': { ...state, branch: { ...state.branch, ours: false } } })
  assert.deepEqual(does(newer), ['describe-change-request'])
  assert.deepEqual(why(newer), ['held', 'person-committed'])
})

test('what a person closed is not opened again, and an older one is not brought back', () => {
  const state = afterwards(at('bbbbbbb'))['argocd/bbbbbbb']
  assert.ok(state?.open)
  const closed = { 'argocd/bbbbbbb': branchState({ closed: state.open }) }
  assert.deepEqual(
    [does(at('bbbbbbb', closed)), why(at('bbbbbbb', closed))],
    [[], ['held', 'closed-by-person']],
  )
})

test('a branch of somebody else, and a change request of somebody else, are left alone', () => {
  const branch = { head: oid('f'), parents: [oid('e')], ours: true, tree: [] }
  const foreign = at('bbbbbbb', { 'argocd/bbbbbbb': branchState({ branch }) })
  assert.deepEqual([does(foreign), why(foreign)], [[], ['held', 'branch-taken']])
  const older = branchState({ branch: { ...branch, ours: false }, open: changeRequest({ ours: false }) })
  assert.deepEqual(does(at('ccccccc', { 'argocd/bbbbbbb': older })), [
    'opens argocd/ccccccc "Runner: ccccccc"',
  ])
})

test('a merged one leaves no branch, and no branch of anybody else is deleted', () => {
  const state = afterwards(at('bbbbbbb'))['argocd/bbbbbbb']
  assert.ok(state?.open && state.branch)
  const merged = branchState({ branch: state.branch, merged: state.open })
  const newer = at('ccccccc', {
    'argocd/bbbbbbb': merged,
    'argocd/aaaaaaa': branchState({ branch: state.branch }),
  })
  assert.deepEqual(does(newer), [
    'opens argocd/ccccccc "Runner: ccccccc"',
    'deletes argocd/bbbbbbb: left-over',
  ])
  const moved = { ...state.branch, head: oid('f') }
  assert.equal(does(at('ccccccc', { 'argocd/bbbbbbb': { ...merged, branch: moved } })).length, 1)
})

test('without the consent of the policy nothing is written to such a branch', () => {
  for (const branches of [[], ['deploy/*'], ['argocd/b*']]) {
    const refused = at('ccccccc', {}, branches)
    assert.deepEqual([does(refused), why(refused)], [[], ['refused', 'branch-not-accepted']])
  }
})

test('the branch that is deployed from is never a branch of the bot', () => {
  const each = at('bbbbbbb', {}, ['**'], 'main/{environment}')
  const snapshot = { ...manifests('aaaaaaa'), branch: 'main/staging' }
  const deployed = { ...each, manifests: each.manifests.map((one) => ({ ...one, snapshot })) } as World
  assert.deepEqual([does(deployed), why(deployed)], [[], ['refused', 'branch-not-possible']])
})

test('among too many branches nothing is opened, because one could be open already', () => {
  const many = Array.from(
    { length: 50 },
    (_, i) => [`argocd/${i.toString(16).padStart(7, '0')}`, branchState()] as const,
  )
  assert.deepEqual(why(at('bbbbbbb', Object.fromEntries(many))), ['refused', 'too-many-branches'])
})

test('a branch without a version in its name is updated in place', () => {
  const first = at('bbbbbbb', {}, ['deploy/*'], 'deploy/{app}-{environment}')
  assert.deepEqual(does(first), ['opens deploy/web-staging "Runner: bbbbbbb"'])
  const newer = at('ccccccc', afterwards(first), ['deploy/*'], 'deploy/{app}-{environment}')
  assert.deepEqual(does(newer), ['update-change-request'])
})

test('only names that can be of a version are read, and a usual one that is left is a stray', () => {
  const chosen = config('argocd/{sha:7}')
  const listed = ['argocd/bbbbbbb', 'argocd/people', 'argocd/bbbbbbbb', 'supercargo/web/staging']
  assert.deepEqual(manifestQueries(chosen)[0]?.query.branchPrefixes, ['argocd/', 'supercargo/web/'])
  assert.deepEqual(manifestQueries(chosen)[0]?.query.changeRequestBranches, [])
  const shared = config('deploy/{app}')
  assert.deepEqual(manifestQueries(shared)[0]?.query.branchDirectories, {
    'deploy/web': shared.apps.flatMap(({ environments }) => environments.map(({ path }) => path)),
  })
  assert.deepEqual(versionBranches(chosen, MANIFESTS, listed, onMain(line('ccccccc', 'bbbbbbb'))), [
    'argocd/ccccccc',
    'argocd/bbbbbbb',
  ])
  assert.deepEqual(strayBranches(chosen, MANIFESTS, listed), ['supercargo/web/staging'])
})
