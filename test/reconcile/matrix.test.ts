// Who may do what: every combination of access to the application, word of the policy, verb, fork, edited comment and
// moved head. What is stated here is compared with what the bot decides, and with what it writes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import pino from 'pino'
import { commentHash } from '../../src/command/comment-hash.ts'
import { COMMANDS, type Verb } from '../../src/command/registry.ts'
import { createRegistry, NO_REGISTRIES } from '../../src/compose/registry.ts'
import type { Access } from '../../src/forge/feedback.ts'
import { decide } from '../../src/reconcile/commands/decide.ts'
import { forgeOfData } from '../support/forge-of-data.ts'
import { holdIntents } from '../support/intents.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import {
  file,
  kustomization,
  line,
  manifests,
  NOW,
  offers,
  oid,
  onMain,
  pullRequest,
  world,
} from '../support/world.ts'

const ROLES = ['none', 'read', 'write', 'maintain', 'admin'] as const

/** What each policy says of the person, and the outcome of a verb that steers an environment, for a writer. */
const POLICIES: Record<
  string,
  { promote: string | null; steers: string; manifests?: Access; teams?: string[] }
> = {
  'no policy': { promote: null, steers: 'no-policy' },
  'a broken policy': { promote: 'promote: [nobody:in-particular]', steers: 'policy-broken' },
  'names nobody': { promote: '', steers: 'promote-not-accepted' },
  'names nobody for this environment': {
    promote: 'promote: { staging: user:alice }',
    steers: 'promote-not-accepted',
  },
  'names somebody else': { promote: 'promote: user:mallory', steers: 'not-a-promoter' },
  'names the person': { promote: 'promote: user:alice', steers: 'done' },
  'names the person in other letters': { promote: 'promote: user:ALICE', steers: 'done' },
  'names a team of others': { promote: 'promote: team:acme/sre', steers: 'not-a-promoter' },
  'names a team of the person': { promote: 'promote: team:acme/sre', steers: 'done', teams: ['acme/sre'] },
  'names a role that the person lacks': {
    promote: 'promote: role:maintain',
    steers: 'not-a-promoter',
    manifests: 'write',
  },
  'names a role that the person has': {
    promote: 'promote: role:maintain',
    steers: 'done',
    manifests: 'maintain',
  },
}

/** How a verb is written, with the least role; what it leads to where the policy (of `steers`) lets it. */
interface VerbCase {
  verb: Verb
  written: string
  least: (typeof ROLES)[number]
  steers?: true
  done: string
  /** That is a refusal all the same. */
  lacks?: true
  /** On the pull request of a fork. */
  fork?: string
  /** Where the head is another one than the comment names. */
  moved?: string
  /** Nothing can be said of previews of manifests that let the source change nothing. */
  needsPolicy?: true
  writes?: 'state' | 'queue'
}

const HEAD = oid('4abcdef')
const VERB_CASES: VerbCase[] = [
  { verb: 'help', written: '/cargo help', least: 'none', done: 'told' },
  { verb: 'status', written: '/cargo status', least: 'read', done: 'told' },
  { verb: 'plan', written: '/cargo plan', least: 'read', done: 'told' },
  { verb: 'retry', written: '/cargo retry', least: 'write', done: 'queued', writes: 'queue' },
  {
    verb: 'lock',
    written: '/cargo lock production',
    least: 'write',
    steers: true,
    done: 'locked',
    writes: 'state',
  },
  { verb: 'unlock', written: '/cargo unlock production', least: 'write', steers: true, done: 'not-locked' },
  {
    verb: 'promote',
    written: '/cargo promote production bbbbbbb',
    least: 'write',
    steers: true,
    done: 'promoted',
    writes: 'state',
  },
  {
    verb: 'promote',
    written: '/cargo promote production',
    least: 'write',
    steers: true,
    done: 'version-needed',
    lacks: true,
  },
  {
    verb: 'rollback',
    written: '/cargo rollback production 9999999',
    least: 'write',
    steers: true,
    done: 'rolled-back',
    writes: 'state',
  },
  {
    verb: 'preview',
    written: '/cargo preview',
    least: 'write',
    done: 'preview-up',
    fork: 'fork-needs-commit',
    needsPolicy: true,
    writes: 'state',
  },
  {
    verb: 'preview',
    written: `/cargo preview up ${HEAD}`,
    least: 'write',
    done: 'preview-up',
    moved: 'not-the-head',
    needsPolicy: true,
    writes: 'state',
  },
  {
    verb: 'preview',
    written: '/cargo preview down',
    least: 'write',
    done: 'preview-down',
    needsPolicy: true,
    writes: 'state',
  },
]

const CONFIG = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
tag: "{sha:7}"
ready: commit
environments:
  production: { follow: branch main, path: apps/web/overlays/staging }
previews:
  follow: pull requests
  forks: approved
  template: apps/web/preview
  path: apps/web/previews/pr-{number}
`

interface Cell {
  role: (typeof ROLES)[number]
  policy: string
  each: VerbCase
  fork: boolean
  edited: boolean
  moved: boolean
}

/** What must come of it; there is no cell of which nothing is stated. */
function stated({ role, policy, each, fork, edited, moved }: Cell): string {
  if (edited) return 'comment-changed'
  if (ROLES.indexOf(role) < ROLES.indexOf(each.least)) return 'not-permitted'
  const { steers } = POLICIES[policy] ?? { steers: '' }
  if (each.steers === true) return steers === 'done' ? each.done : steers
  if (each.verb === 'plan' && steers === 'policy-broken') return 'nothing-to-do'
  if (each.needsPolicy === true && steers === 'policy-broken') return 'manifests-closed'
  if (moved && each.moved !== undefined) return each.moved
  return fork && each.fork !== undefined ? each.fork : each.done
}

async function decided({ role, policy, each, fork, edited, moved }: Cell) {
  const { promote, manifests: access = 'none', teams = [] } = POLICIES[policy] ?? { promote: null }
  const commits = onMain(line('bbbbbbb', 'aaaaaaa', '9999999'))
  const pull = pullRequest(4, { fork, head: moved ? oid('5abcdef') : HEAD })
  const template = file('apps/web/preview/kustomization.yaml', 'namePrefix: pr-{number}-\n')
  const tree = [file('apps/web/overlays/staging/kustomization.yaml', kustomization('aaaaaaa')), template]
  const entry = `accept:\n  - from: acme/web\n    paths: apps/web/**\n    images: ghcr.io/acme/web\n    ${promote}\n`
  const files = promote === null ? {} : { '.supercargo/policy.yml': entry }
  const snapshot = manifests('aaaaaaa', { tree, files })
  const { source } = world({ offers: commits, snapshot })
  const { forge, said } = forgeOfData({
    source: { ...source, files: { '.github/supercargo.yml': CONFIG } },
    offers: { ...offers({ pullRequests: { complete: true, items: [pull] } }), branches: commits.branches },
    manifests: snapshot,
    comment: { text: edited ? `${each.written} -- edited` : each.written, login: 'alice', person: true },
    access: { 'acme/web': role, 'acme/k8s-manifests': access },
    teams,
  })
  const intents = holdIntents()
  const log = pino({ level: 'silent' })
  const hash = commentHash(each.written)
  const intent = {
    id: '1',
    repository: 'github:acme/web',
    number: 4,
    comment: 1,
    login: 'alice',
    hash,
    acceptedAt: NOW,
  }
  const { prober } = NO_SWEEP
  const dependencies = {
    forges: new Map([['github', forge]]),
    registry: createRegistry(NO_REGISTRIES, log),
    prober,
    log,
    now: () => NOW,
    store: intents,
  }
  const { decisions } = await decide(intent, dependencies)
  const [decision, ...more] = decisions
  assert.ok(decision !== undefined && more.length === 0)
  return { decision, said, enqueued: intents.enqueued }
}

function cells(each: VerbCase): Cell[] {
  const both = [false, true]
  return ROLES.flatMap((role) =>
    Object.keys(POLICIES).flatMap((policy) =>
      both.flatMap((fork) =>
        both.flatMap((edited) => both.map((moved) => ({ role, policy, each, fork, edited, moved }))),
      ),
    ),
  )
}

for (const each of VERB_CASES) {
  test(`requirements 9 to 11: whoever may give "${each.written}" may, and nobody else, and what is refused writes nothing`, async () => {
    for (const cell of cells(each)) {
      const { role, policy, fork, edited, moved } = cell
      const expected = stated(cell)
      const { decision, said, enqueued } = await decided(cell)
      const name = JSON.stringify({ role, policy, fork, edited, moved, message: decision.reason.message })
      assert.equal(decision.reason.code, expected, name)
      const isDone = (expected === each.done && each.lacks !== true) || expected === 'nothing-to-do'
      assert.equal(decision.done, isDone, name)
      assert.equal(said.length, isDone && each.writes === 'state' ? 1 : 0, name)
      if (!isDone) assert.deepEqual(enqueued, [], name)
    }
  })
}

test('the matrix has no hole: every verb of the registry is in it', () => {
  const stated = new Set(VERB_CASES.map(({ verb }) => verb))
  assert.deepEqual(
    COMMANDS.map(({ verb }) => verb).filter((verb) => !stated.has(verb)),
    [],
  )
})
