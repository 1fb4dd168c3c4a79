import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Previews } from '../../src/config/model.ts'
import type { SourcePullRequest } from '../../src/forge/forge.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { afterWord, NOTHING_SAID_OF_IT, type PreviewWord } from '../../src/state/preview.ts'
import type { PreviewState, Said } from '../../src/state/state.ts'
import { app, file, manifests, NOW, offers, oid, previews, pullRequest, world } from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const DAY = 24 * 3600
const POLICY: Policy = {
  accept: [
    { from: { forge: null, glob: '**' }, paths: ['**'], images: ['**'], merge: ['*'], direct: ['previews'] },
  ],
}
const HEAD = oid('1abcdef')

function daysAgo(days: number): string {
  return new Date(NOW.getTime() - days * DAY * 1000).toISOString()
}

function by(login: string, days = 0, url: string | null = 'https://forge.example/comment'): Said {
  return { by: login, at: daysAgo(days), url, reason: null }
}

/** What is said of a preview after one word after the other. */
function words(...all: [PreviewWord | PreviewWord['is'], Said?][]): PreviewState {
  return all.reduce((before: PreviewState, [word, said = by('bob')]) => {
    const whole: PreviewWord =
      typeof word !== 'string'
        ? word
        : word === 'up'
          ? { is: 'up', commit: null }
          : word === 'extend'
            ? { is: 'extend', seconds: null }
            : { is: word }
    return afterWord(before, whole, said, 3 * DAY) ?? NOTHING_SAID_OF_IT
  }, NOTHING_SAID_OF_IT)
}

function approved(commit: string, said: Said = by('bob')): PreviewState {
  return words([{ is: 'up', commit }, said])
}

interface Scene {
  pulls?: SourcePullRequest[]
  config?: Partial<Previews>
  said?: Record<number, PreviewState>
  inGit?: number[]
}

function worldOf({ pulls = [pullRequest(1)], config = {}, said = {}, inGit = [] }: Scene): World {
  const tree = [
    file('apps/web/preview/a.yaml', 'sha: "{sha}"\n'),
    ...inGit.map((number) =>
      file(`apps/web/previews/pr-${number}/a.yaml`, `sha: "${oid(`${number}abcdef`)}"\n`),
    ),
  ]
  const made = world({
    config: { apps: [app({ environments: [], previews: previews(config) })] },
    offers: offers({ pullRequests: { complete: true, items: pulls } }),
    snapshot: manifests('x', { tree }),
    policy: { ok: true, value: POLICY },
    said: {
      previews: Object.fromEntries(Object.entries(said).map(([number, each]) => [`web/${number}`, each])),
    },
  })
  for (const each of made.manifests)
    if (each.snapshot !== null && each.state.ok) each.state = { ...each.state, head: oid('57a7e') }
  return made
}

/** `+1`, `-2`: previews that the one commit adds and removes. */
function changes(each: World): string[] {
  return plan(each, OPTIONS).actions.flatMap((action) =>
    action.kind === 'commit'
      ? action.wish.changes.map(
          ({ path, content }) => `${content === null ? '-' : '+'}${/pr-(\d+)/.exec(path)?.[1]}`,
        )
      : [],
  )
}

function comment(each: World, number = 1): string {
  const result = plan(each, OPTIONS)
  const found = feedback(each, result, result.standings).find(
    (action) => action.kind === 'comment' && action.wish.number === number,
  )
  return found?.kind === 'comment' ? found.wish.body : ''
}

const UNCHOSEN: [string, Partial<SourcePullRequest>, Partial<Previews>][] = [
  ['without the label that is needed', {}, { labels: { need: ['preview'], forbid: [] } }],
  ['with a label that is forbidden', { labels: ['wip'] }, { labels: { need: [], forbid: ['wip'] } }],
  ['that is a draft', { draft: true }, { drafts: false }],
  ["that is a bot's", { byBot: true }, {}],
]

for (const [title, pull, config] of UNCHOSEN) {
  test(`a pull request ${title} has a preview once somebody asks for it, and until it is taken down`, () => {
    const pulls = [pullRequest(1, pull)]
    assert.deepEqual(changes(worldOf({ pulls, config })), [])
    assert.deepEqual(changes(worldOf({ pulls, config, said: { 1: words(['up']) } })), ['+1'])
    const down = worldOf({ pulls, config, said: { 1: words(['up'], ['down']) }, inGit: [1] })
    assert.deepEqual(changes(down), ['-1'])
  })
}

test('what is taken down stays away after pushes, and the comment says by whom, why, and how it comes back', () => {
  const said = { ...by('bob'), reason: 'too dear @acme/team' }
  const scene = { said: { 1: words(['down', said]) }, inGit: [1] }
  assert.deepEqual(changes(worldOf(scene)), ['-1'])
  const pushed = worldOf({ ...scene, inGit: [], pulls: [pullRequest(1, { activeAt: daysAgo(0) })] })
  assert.deepEqual(changes(pushed), [])
  assert.match(
    comment(pushed),
    /removed: bob took it down: too dear @\u200bacme\/team\. "\/cargo preview up" brings it back\./,
  )
  assert.deepEqual(changes(worldOf({ said: { 1: words(['down'], ['up']) } })), ['+1'])
})

test('who was asked for by a command waits for a place as every other one', () => {
  const pulls = [1, 2, 3].map((number) => pullRequest(number))
  const said = { 3: words(['up']), 1: words(['down']) }
  const each = worldOf({ pulls, config: { limit: 1 }, said })
  assert.deepEqual(changes(each), ['+2'])
  assert.match(comment(each, 3), /waiting for a place: .* number 1 in line/)
})

const old = (days: number) => [pullRequest(1, { activeAt: daysAgo(days) })]

test('a preview whose time is over comes back by "up", whose time counts from then', () => {
  const config = { ttl: 3 * DAY }
  const over = worldOf({ pulls: old(5), config })
  assert.deepEqual(changes(over), [])
  assert.match(comment(over), /"\/cargo preview up" brings it back/)
  const up = (days: number) => worldOf({ pulls: old(9), config, said: { 1: words(['up', by('bob', days)]) } })
  assert.deepEqual(changes(up(2)), ['+1'])
  assert.match(comment(up(2)), /\| 2026-01-03 03:04 UTC \|/)
  assert.deepEqual(changes(up(3)), [])
})

test('a preview that was extended lives so long from then, or for its usual time where nothing is said', () => {
  const config = { ttl: 3 * DAY }
  const extended = (seconds: number | null, days: number) =>
    worldOf({ pulls: old(4), config, said: { 1: words([{ is: 'extend', seconds }, by('bob', days)]) } })
  assert.deepEqual(changes(extended(2 * DAY, 1)), ['+1'])
  assert.match(comment(extended(2 * DAY, 1)), /\| 2026-01-03 03:04 UTC, extended by bob \|/)
  assert.deepEqual(changes(extended(2 * DAY, 2)), [])
  assert.match(comment(extended(2 * DAY, 2)), /The time that bob gave it is over/)
  assert.deepEqual(changes(extended(null, 2.9)), ['+1'])
  assert.deepEqual(changes(extended(null, 3)), [])
})

test('nobody takes time away by extending', () => {
  const said = { 1: words([{ is: 'extend', seconds: 3600 }, by('bob', 0)]) }
  assert.match(
    comment(worldOf({ pulls: old(1), config: { ttl: 3 * DAY }, said })),
    /\| 2026-01-04 03:04 UTC \|/,
  )
})

test('nor does who extends it for less than somebody before, or does not pin it any more', () => {
  const config = { ttl: 3 * DAY }
  const given: [PreviewWord, Said] = [{ is: 'extend', seconds: 20 * DAY }, by('alice', 10)]
  for (const more of [[[{ is: 'extend', seconds: DAY }]], [['extend']], [['pin'], ['unpin']]] as const) {
    const said = { 1: words(given, ...more.map(([word]): [PreviewWord | PreviewWord['is']] => [word])) }
    assert.match(
      comment(worldOf({ pulls: old(12), config, said })),
      /\| 2026-01-12 03:04 UTC, extended by bob \|/,
    )
  }
})

test('a pinned preview has no end, and its time begins anew when it is not pinned any more', () => {
  const config = { ttl: 3 * DAY }
  const pinned = worldOf({ pulls: old(99), config, said: { 1: words(['pin']) } })
  assert.deepEqual(changes(pinned), ['+1'])
  assert.match(comment(pinned), /\| pinned by bob \|/)
  assert.equal(plan(pinned, OPTIONS).lookAgain, null)
  const unpinned = (days: number) =>
    worldOf({ pulls: old(99), config, said: { 1: words(['pin'], ['unpin', by('bob', days)]) } })
  assert.deepEqual(changes(unpinned(2)), ['+1'])
  assert.deepEqual(changes(unpinned(3)), [])
})

test('whoever takes a preview down means all that was said before', () => {
  const { wanted, ...rest } = words(['up'], ['pin'], ['extend'], ['down'])
  assert.equal(wanted?.is, 'down')
  assert.deepEqual(rest, { approved: null, pinned: null, extended: null })
  assert.equal(afterWord(NOTHING_SAID_OF_IT, { is: 'unpin' }, by('bob'), null), null)
})

const fork = (change: Partial<SourcePullRequest> = {}) => [pullRequest(1, { fork: true, ...change })]

test('of a fork exactly the approved commit is shown, whatever labels, drafts and bots there are', () => {
  const config = { labels: { need: ['preview'], forbid: ['wip'] }, drafts: false }
  const pulls = fork({ draft: true, byBot: true, labels: ['wip'] })
  assert.deepEqual(changes(worldOf({ pulls, config })), [])
  assert.deepEqual(changes(worldOf({ pulls: fork({ labels: ['preview'] }), config })), [])
  assert.deepEqual(changes(worldOf({ pulls: fork(), said: { 1: words(['up'], ['pin'], ['extend']) } })), [])
  assert.deepEqual(changes(worldOf({ pulls, config, said: { 1: approved(HEAD) } })), ['+1'])
})

test('a push to a fork withdraws the approval, and the comment says why and what to write', () => {
  const said = { 1: approved(oid('01d')) }
  const each = worldOf({ pulls: fork(), said, inGit: [1] })
  assert.deepEqual(changes(each), ['-1'])
  assert.match(
    comment(each),
    new RegExp(
      `removed: bob approved commit 01d0000, and there are other commits now\\. .* "/cargo preview up ${HEAD}"`,
    ),
  )
  assert.doesNotMatch(comment(each), /`\/cargo preview up`/)
})

test('a fork of which nobody said anything leads to no comment', () => {
  assert.equal(comment(worldOf({ pulls: fork() })), '')
})

test('"forks: never" overrides every approval', () => {
  const scene = { pulls: fork(), said: { 1: approved(HEAD) }, inGit: [1] }
  assert.deepEqual(changes(worldOf({ ...scene, config: { forks: 'never' } })), ['-1'])
})

test('an approval by a label holds as long as the label is there, and one by a command whatever labels there are', () => {
  const config = { forkLabel: 'preview-fork' }
  const label = approved(HEAD, by('bob', 0, null))
  const labels = ['Preview-Fork']
  assert.deepEqual(changes(worldOf({ pulls: fork({ labels }), config, said: { 1: label } })), ['+1'])
  const gone = worldOf({ pulls: fork(), config, said: { 1: label }, inGit: [1] })
  assert.deepEqual(changes(gone), ['-1'])
  assert.match(comment(gone), /The label by which bob approved it is not there any more/)
  assert.deepEqual(changes(worldOf({ pulls: fork({ labels }), said: { 1: label } })), [])
  assert.deepEqual(changes(worldOf({ pulls: fork(), config, said: { 1: approved(HEAD) } })), ['+1'])
})

test("a fork's branch never takes the path of one of the application's own, although it is older", () => {
  const pulls = [
    pullRequest(1, { fork: true, branch: 'main' }),
    pullRequest(2, { branch: 'main' }),
    pullRequest(3, { fork: true, branch: 'supercargo/web/staging' }),
  ]
  const said = { 1: approved(HEAD), 3: approved(oid('3abcdef')) }
  const config = { path: 'apps/web/previews/{slug}', url: 'https://{slug}.web.example' }
  const [commit] = plan(worldOf({ pulls, said, config }), OPTIONS).actions
  const paths = commit?.kind === 'commit' ? commit.wish.changes.map(({ path }) => path) : []
  assert.equal(paths.length, 3)
  assert.match(
    paths.join(' '),
    /fork-1-main-\w+\/a\.yaml apps\/web\/previews\/main\/a\.yaml .*fork-3-supercargo-web-staging-/,
  )
})

test('as long as nobody knows what was said, previews stay as they are', () => {
  const each = worldOf({ pulls: [pullRequest(1), pullRequest(2)], inGit: [1, 9] })
  for (const manifest of each.manifests)
    if (manifest.snapshot !== null) manifest.state = { ok: false, message: 'The branch cannot be used.' }
  assert.deepEqual(changes(each), [])
  assert.match(comment(each, 2), /refused: The branch cannot be used/)
})

function forgotten(each: World): string[] {
  return plan(each, OPTIONS).actions.flatMap((action) =>
    action.kind === 'write-state'
      ? action.wish.changes.flatMap(({ path, content }) =>
          content === null ? path.replace(/^.*\/web\//, '') : [],
        )
      : [],
  )
}

test('what was said of closed pull requests is forgotten in one commit, and nothing else is', () => {
  const said = {
    1: words(['pin', by('bob', 1)]),
    2: words(['down', by('bob', 1)]),
    9: words(['up', by('bob', 1)]),
  }
  const each = worldOf({ said })
  assert.deepEqual(forgotten(each), ['previews/2.json', 'previews/9.json'])
  const [action] = plan(each, OPTIONS).actions.filter(({ kind }) => kind === 'write-state')
  assert.ok(action?.kind === 'write-state')
  assert.equal(action.wish.expectedHead, oid('57a7e'))
  assert.deepEqual(
    action.wish.changes.map(({ content }) => content),
    [null, null],
  )
})

test('what is forgotten and what is remembered on one state branch is one commit', () => {
  const said = { 9: words(['up', by('bob', 1)]) }
  const each = worldOf({ said, inGit: [1] })
  for (const { state } of each.manifests.flatMap((known) => (known.snapshot === null ? [] : [known])))
    if (state.ok) state.value.places = {}
  const writes = plan(each, OPTIONS).actions.filter(({ kind }) => kind === 'write-state')
  const [action, ...others] = writes
  assert.deepEqual(others, [])
  assert.ok(action?.kind === 'write-state')
  assert.deepEqual(
    action.wish.changes.map(({ path, content }) => [path.replace(/^.*\/web\//, ''), content !== null]),
    [
      ['previews.json', true],
      ['previews/9.json', false],
    ],
  )
  assert.match(
    action.wish.message,
    /^Remember where .*; Forget what was said of 1 preview of closed pull requests\n\n/,
  )
})

test('nothing is forgotten on a listing that is cut or empty, nor what was said just now', () => {
  const said = { 9: words(['up', by('bob', 1)]) }
  const cut = worldOf({ said })
  cut.offers.pullRequests.complete = false
  assert.deepEqual(forgotten(cut), [])
  assert.deepEqual(forgotten(worldOf({ said, pulls: [] })), [])
  assert.deepEqual(forgotten(worldOf({ said: { 9: words(['up']) } })), [])
  const shown = worldOf({ said, pulls: [] })
  shown.offers.closedPullRequests = [pullRequest(9, { state: 'closed' })]
  assert.deepEqual(forgotten(shown), ['previews/9.json'])
})
