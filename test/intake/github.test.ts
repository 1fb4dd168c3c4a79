import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import published from '@octokit/webhooks-examples' with { type: 'json' }
import fc from 'fast-check'
import { parse } from 'yaml'
import { parseRepository } from '../../src/domain/repository.ts'
import { githubMeaning } from '../../src/intake/github.ts'
import {
  GITHUB_BLUEPRINT,
  GITHUB_PERMISSIONS,
  GITHUB_SUBSCRIPTIONS,
  GITHUB_UNASKED,
} from '../../src/intake/github-app.ts'
import type { IntentWish } from '../../src/store/store.ts'
import { REGISTRY_PACKAGE } from './registry/payloads/ghcr.ts'

interface Example {
  name: string
  examples: Record<string, unknown>[]
}

/** Payloads that GitHub sent: https://github.com/octokit/webhooks */
const examples = published as unknown as Example[]
const used: string[] = [...GITHUB_SUBSCRIPTIONS, ...GITHUB_UNASKED]
const all = examples.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })))

function meaning(event: string, payload: unknown) {
  return githubMeaning({ source: 'github', id: 'x', event, payload })
}

const repository = { full_name: 'acme/web' }
const push = { repository, ref: 'refs/heads/main', before: '0'.repeat(40), after: '1a2b3c4d'.repeat(5) }

test('every payload that GitHub published ends in a whole sentence and well-formed keys', () => {
  assert.ok(all.length > 300)
  for (const { name, payload } of all) {
    const { keys, outcome } = meaning(name, payload)
    assert.match(outcome, /^[A-Z][^\n]+\.$/, `${name}: ${outcome}`)
    assert.doesNotMatch(outcome, /Not understood|undefined/, `${name}: ${outcome}`)
    for (const key of keys) assert.equal(parseRepository(key, 'none').forge, 'github')
    if (!used.includes(name)) {
      assert.deepEqual([keys, outcome], [[], `Not wanted: Supercargo does not use the event ${name}.`])
    }
  }
})

test('every event that the app subscribes to leads to a look at some repository, image or comment', () => {
  for (const event of used) {
    const looked = [
      ...all,
      { name: 'registry_package', payload: REGISTRY_PACKAGE },
      { name: 'issue_comment', payload: comment() },
    ]
      .filter(({ name }) => name === event)
      .map(({ payload }) => meaning(event, payload))
      .flatMap(({ keys, images = [], intents = [] }) => [...keys, ...images, ...intents])
    assert.ok(looked.length > 0, event)
  }
})

test('app.yml asks for exactly the events and permissions that are used, and never for administration', () => {
  const app = parse(readFileSync('app.yml', 'utf8')) as Record<string, unknown>
  assert.deepEqual(app.default_events, [...GITHUB_SUBSCRIPTIONS])
  assert.deepEqual(app.default_permissions, { ...GITHUB_PERMISSIONS })
  assert.deepEqual([app.name, app.description], [GITHUB_BLUEPRINT.name, GITHUB_BLUEPRINT.description])
  assert.ok(!Object.keys(GITHUB_PERMISSIONS).some((name) => /administration|workflows/.test(name)))
})

/** A comment with a command on a pull request. */
function comment(action = 'created', issue: object = { number: 7, pull_request: {} }, more: object = {}) {
  const user = { login: 'alice', type: 'User' }
  const written = { id: 99, body: '/cargo status', user, performed_via_github_app: null, ...more }
  return { action, repository, issue, comment: written }
}

const sentences: [string, Record<string, unknown>, string[], string][] = [
  ['push', push, ['github:acme/web'], 'Looks at acme/web: branch main moved to 1a2b3c4.'],
  [
    'push',
    { ...push, created: true, ref: 'refs/tags/v1.2.0' },
    ['github:acme/web'],
    'Looks at acme/web: tag v1.2.0 was created at 1a2b3c4.',
  ],
  [
    'push',
    { ...push, deleted: true, ref: 'refs/heads/feature/x' },
    ['github:acme/web'],
    'Looks at acme/web: branch feature/x was deleted.',
  ],
  [
    'push',
    { ...push, ref: 'refs/notes/commits' },
    [],
    'Not wanted: refs/notes/commits is neither a branch nor a tag.',
  ],
  [
    'pull_request',
    { action: 'closed', repository, pull_request: { number: 7 } },
    ['github:acme/web'],
    'Looks at acme/web: pull request 7 was closed.',
  ],
  [
    'pull_request',
    { action: 'labeled', repository, pull_request: { number: 7 } },
    ['github:acme/web'],
    'Looks at acme/web: pull request 7 was given a label.',
  ],
  [
    'pull_request',
    { action: 'assigned', repository, pull_request: { number: 7 } },
    [],
    'Not wanted: "assigned" of pull request 7 changes nothing here.',
  ],
  [
    'pull_request_review',
    { action: 'submitted', repository, pull_request: { number: 7 } },
    ['github:acme/web'],
    'Looks at acme/web: a review of pull request 7 was submitted.',
  ],
  ['issue_comment', comment('edited'), [], 'Not wanted: a comment was edited.'],
  ['issue_comment', comment('created', { number: 7 }), [], 'Not wanted: the comment is on an issue.'],
  [
    'issue_comment',
    comment('created', undefined, { user: { login: 'ci[bot]', type: 'Bot' } }),
    [],
    'Not wanted: no person wrote the comment.',
  ],
  [
    'issue_comment',
    comment('created', undefined, { body: 'Nice!' }),
    [],
    'Not wanted: the comment holds no command.',
  ],
  [
    'check_suite',
    { action: 'completed', repository, check_suite: { head_sha: push.after, conclusion: 'success' } },
    ['github:acme/web'],
    'Looks at acme/web: the checks of 1a2b3c4 ended with success.',
  ],
  [
    'check_suite',
    { action: 'requested', repository, check_suite: { head_sha: push.after } },
    [],
    'Not wanted: the checks of 1a2b3c4 have not ended.',
  ],
  [
    'status',
    { repository, sha: push.after, state: 'failure', context: 'argocd/web' },
    ['github:acme/web'],
    'Looks at acme/web: the status argocd/web of 1a2b3c4 is failure.',
  ],
  [
    'status',
    { repository, sha: push.after, state: 'pending', context: 'ci' },
    [],
    'Not wanted: the status ci of 1a2b3c4 is still pending.',
  ],
  [
    'installation',
    { action: 'created', repositories: [repository, { full_name: 'acme/api' }] },
    ['github:acme/web', 'github:acme/api'],
    "Looks at 2 repositories: the app's access began (created).",
  ],
  [
    'installation',
    { action: 'unsuspend' },
    [],
    "The app's access changed (unsuspend); the next sweep visits every repository.",
  ],
  [
    'installation',
    { action: 'deleted', repositories: [repository] },
    [],
    "The app's access ended (deleted).",
  ],
  [
    'installation_repositories',
    { action: 'added', repositories_added: [repository], repositories_removed: [] },
    ['github:acme/web'],
    'Looks at acme/web: the app was given access.',
  ],
  [
    'installation_repositories',
    { action: 'removed', repositories_added: [], repositories_removed: [repository] },
    [],
    "The app's access to 1 repository ended.",
  ],
  [
    'repository',
    { action: 'renamed', repository },
    ['github:acme/web'],
    'Looks at acme/web: it was renamed.',
  ],
  [
    'repository',
    { action: 'edited', repository, changes: { default_branch: { from: 'master' } } },
    ['github:acme/web'],
    'Looks at acme/web: its default branch changed.',
  ],
  [
    'repository',
    { action: 'edited', repository, changes: { description: { from: '' } } },
    [],
    'Not wanted: the description of acme/web was edited.',
  ],
  ['repository', { action: 'deleted', repository }, [], 'The repository acme/web was deleted.'],
]

for (const [event, payload, keys, outcome] of sentences) {
  test(`a delivery of ${event} says: ${outcome}`, () => {
    assert.deepEqual(meaning(event, payload), { keys, outcome })
  })
}

test('requirement 8: a new comment of a person with a command on a pull request becomes an intent', () => {
  const { keys, intents, outcome } = meaning('issue_comment', comment())
  assert.deepEqual(keys, [])
  assert.deepEqual(
    intents?.map((intent) => {
      const { hash, ...rest } = intent as IntentWish
      return [hash.length, rest]
    }),
    [[64, { repository: 'github:acme/web', number: 7, comment: 99, login: 'alice' }]],
  )
  assert.equal(outcome, 'Reads the commands of alice on pull request 7 of acme/web.')
})

test('a label for a fork becomes an intent of the person who gave it, for the commit that GitHub shows', () => {
  const head = 'a'.repeat(40)
  const payload = {
    action: 'labeled',
    repository,
    label: { name: 'preview-fork' },
    sender: { login: 'alice', type: 'User' },
    pull_request: { number: 7, head: { sha: head, repo: { id: 2 } }, base: { repo: { id: 1 } } },
  }
  const place = { repository: 'github:acme/web', number: 7, login: 'alice', comment: null }
  const intents = [{ ...place, labels: ['preview-fork'], head, delivery: 'x' }]
  const pull = payload.pull_request
  assert.deepEqual(meaning('pull_request', payload).intents, intents)
  const gone = { ...pull, head: { sha: head, repo: null } }
  assert.deepEqual(meaning('pull_request', { ...payload, pull_request: gone }).intents, intents)
  for (const change of [
    { action: 'unlabeled' },
    { label: undefined },
    { sender: { login: 'actions', type: 'Bot' } },
    { pull_request: { ...pull, head: { sha: head, repo: { id: 1 } } } },
    { pull_request: { ...pull, head: { sha: 'main', repo: { id: 2 } } } },
  ]) {
    assert.equal(meaning('pull_request', { ...payload, ...change }).intents, undefined)
  }
})

test('hosts and URLs in a payload choose nothing', () => {
  for (const { name, payload } of all) {
    const moved = JSON.parse(JSON.stringify(payload).replaceAll('github.com', 'evil.example')) as unknown
    const strip = (text: string) => text.replaceAll('evil.example', 'github.com')
    assert.equal(strip(JSON.stringify(meaning(name, moved))), JSON.stringify(meaning(name, payload)))
  }
})

test('a repository name that is none becomes an outcome and never a key', () => {
  for (const full_name of [
    'acme',
    'a/b/c',
    '../x',
    'gitlab:acme/web',
    'acme/..',
    'a b/c',
    '',
    7,
    null,
    undefined,
  ]) {
    assert.deepEqual(meaning('push', { ...push, repository: { full_name } }), {
      keys: [],
      outcome: 'Not understood: missing or malformed in the payload: repository.full_name.',
    })
  }
})

test('foreign text in an outcome stays on one line and is cut', () => {
  const ref = `refs/heads/a\n\u001b[31mb\u202e${'x'.repeat(500)}`
  const { outcome } = meaning('push', { ...push, ref })
  assert.match(outcome, /^Looks at acme\/web: branch a \[31mb x+… moved to 1a2b3c4\.$/)
  assert.ok(outcome.length < 200)
})

test('no payload whatever makes it throw', () => {
  const event = fc.constantFrom(...used, '__proto__', 'constructor', 'toString')
  fc.assert(
    fc.property(event, fc.jsonValue(), (name, payload) => {
      assert.match(meaning(name, payload).outcome, /\.$/)
    }),
  )
  const damaged = fc.tuple(fc.constantFrom(...all.filter(({ name }) => used.includes(name))), fc.jsonValue())
  fc.assert(
    fc.property(damaged, fc.nat(), ([{ name, payload }, garbage], index) => {
      const keys = Object.keys(payload)
      const hurt = { ...payload, [keys[index % keys.length] ?? '']: garbage }
      assert.match(meaning(name, hurt).outcome, /\.$/)
    }),
  )
})
