import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import { kindOf } from '../../src/intake/gitlab-delivery.ts'
import { GITLAB_GROUP_HOOK_EVENTS, GITLAB_HOOK_EVENTS } from '../../src/intake/gitlab-hooks.ts'
import {
  DEPLOYMENT,
  GROUP_RENAME,
  MERGE_REQUEST,
  NOTE,
  PIPELINE,
  PROJECT,
  PROJECT_CREATE,
  PROJECT_RENAME,
  PUSH,
  REPOSITORY_UPDATE,
  TAG_PUSH,
  ZERO,
} from './gitlab-payloads.ts'

function meaning(payload: object, source = 'gitlab') {
  return gitlabMeaning({ source, id: 'x', event: kindOf(payload), payload })
}

function mergeRequest(attributes: object, changes: object = {}) {
  return {
    ...MERGE_REQUEST,
    object_attributes: { ...MERGE_REQUEST.object_attributes, ...attributes },
    changes,
  }
}

function note(attributes: object, rest: object = {}) {
  return { ...NOTE, object_attributes: { ...NOTE.object_attributes, ...attributes }, ...rest }
}

const LOOKS = 'Looks at acme/platform/web:'
const UPDATED = { updated_at: { previous: 'a', current: 'b' } }
const NEW_LABELS = { ...UPDATED, labels: { previous: [], current: [{ title: 'API' }] } }

const sentences: [object, string][] = [
  [PUSH, `${LOOKS} branch main moved to da15608.`],
  [
    { ...PUSH, before: ZERO, ref: 'refs/heads/feature/x' },
    `${LOOKS} branch feature/x was created at da15608.`,
  ],
  [
    { ...PUSH, after: ZERO, checkout_sha: null, ref: 'refs/heads/feature/x' },
    `${LOOKS} branch feature/x was deleted.`,
  ],
  [TAG_PUSH, `${LOOKS} tag v1.0.0 was created at 82b3d5a.`],
  [{ ...TAG_PUSH, before: TAG_PUSH.after, after: ZERO }, `${LOOKS} tag v1.0.0 was deleted.`],
  [MERGE_REQUEST, `${LOOKS} merge request 1 was opened.`],
  [mergeRequest({ action: 'merge', state: 'merged' }), `${LOOKS} merge request 1 was merged.`],
  [mergeRequest({ action: 'close' }), `${LOOKS} merge request 1 was closed.`],
  [mergeRequest({ action: 'approved' }), `${LOOKS} merge request 1 was approved.`],
  [mergeRequest({ action: 'update', oldrev: PUSH.before }), `${LOOKS} merge request 1 has new commits.`],
  [mergeRequest({ action: 'update' }), `${LOOKS} merge request 1 changed.`],
  [mergeRequest({ action: 'update' }, { ...NEW_LABELS, draft: {} }), `${LOOKS} merge request 1 changed.`],
  [mergeRequest({ action: undefined }), `${LOOKS} merge request 1 changed.`],
  [mergeRequest({ action: 'update' }, NEW_LABELS), `${LOOKS} merge request 1 changed.`],
  [
    mergeRequest({ action: 'update' }, { ...UPDATED, assignees: {} }),
    'Not wanted: nothing of merge request 1 changed that matters here.',
  ],
  [mergeRequest({ action: 'danced' }), 'Not wanted: "danced" of merge request 1 changes nothing here.'],
  [NOTE, `${LOOKS} somebody commented on merge request 1.`],
  [note({ action: undefined }), `${LOOKS} somebody commented on merge request 1.`],
  [note({ action: 'update' }), 'Not wanted: the text of a note was edited.'],
  [note({ system: true }), 'Not wanted: GitLab itself wrote the note.'],
  [
    note({ noteable_type: 'Commit' }, { merge_request: undefined }),
    'Not wanted: a note on a Commit changes nothing here.',
  ],
  [PIPELINE, `${LOOKS} the pipeline of bcbb5ec ended with success.`],
  [
    { ...PIPELINE, object_attributes: { ...PIPELINE.object_attributes, status: 'running' } },
    'Not wanted: the pipeline of bcbb5ec has not ended.',
  ],
  [DEPLOYMENT, `${LOOKS} the deployment to staging ended with success.`],
  [{ ...DEPLOYMENT, status: 'running' }, 'Not wanted: the deployment to staging has not ended.'],
  [REPOSITORY_UPDATE, `${LOOKS} a branch or tag moved.`],
  [PROJECT_CREATE, `${LOOKS} it was created.`],
  [PROJECT_RENAME, `${LOOKS} it was renamed.`],
  [{ ...PROJECT_RENAME, event_name: 'project_transfer' }, `${LOOKS} it was moved.`],
  [{ ...PROJECT_CREATE, event_name: 'project_update' }, `${LOOKS} its settings changed.`],
  [{ ...PROJECT_CREATE, event_name: 'project_destroy' }, 'The project acme/platform/web was deleted.'],
  [GROUP_RENAME, 'Paths have changed; the next sweep visits every project.'],
  [{ object_kind: 'issue', project: PROJECT }, 'Not wanted: Supercargo does not use the event issue.'],
  [{ object_kind: 'build', project: PROJECT }, 'Not wanted: Supercargo does not use the event build.'],
  [{ event_name: 'user_create', user_id: 41 }, 'Not wanted: Supercargo does not use the event user_create.'],
  [{ object_kind: '__proto__' }, 'Not wanted: Supercargo does not use the event unknown.'],
  [{}, 'Not wanted: Supercargo does not use the event unknown.'],
  [{ ...PUSH, ref: undefined, after: 7 }, 'Not understood: missing or malformed in the payload: ref, after.'],
]

for (const [payload, outcome] of sentences) {
  test(`an outcome is: ${outcome}`, () => {
    const said = meaning(payload)
    assert.equal(said.outcome, outcome)
    assert.deepEqual(said.keys, outcome.startsWith(LOOKS) ? ['gitlab:acme/platform/web'] : [])
  })
}

test('the door chooses the forge, whatever hosts the payload names', () => {
  assert.deepEqual(meaning(PUSH, 'internal').keys, ['internal:acme/platform/web'])
  const elsewhere = { ...PUSH, project: { ...PROJECT, path_with_namespace: 'github:acme/web' } }
  for (const path of ['github:acme/web', 'web', '../web', 'https://evil.example/a/b', 'a//b', '']) {
    const { keys, outcome } = meaning({ ...elsewhere, project: { path_with_namespace: path } })
    assert.deepEqual(keys, [], path)
    assert.match(outcome, /^Not understood: .*project\.path_with_namespace\.$/)
  }
})

test('a push of the bot itself is an ordinary push', () => {
  const own = { ...PUSH, ref: 'refs/heads/supercargo/web/staging', user_username: 'project_15_bot_1' }
  assert.deepEqual(meaning(own).keys, ['gitlab:acme/platform/web'])
})

test('new labels for a fork become an intent of the person who gave them, for the commit that GitLab shows', () => {
  const head = 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7'
  const fork = { action: 'update', source_project_id: 2, target_project_id: 1 }
  const labels = { previous: [{ title: 'bug' }], current: [{ title: 'bug' }, { title: 'a' }, { title: 'b' }] }
  const payload = mergeRequest(fork, { labels })
  const place = { repository: 'gitlab:acme/platform/web', number: 1, login: 'root', comment: null }
  assert.deepEqual(meaning(payload).intents, [{ ...place, labels: ['a', 'b'], head, delivery: 'x' }])
  for (const wrong of [
    mergeRequest({ ...fork, source_project_id: 1 }, { labels }),
    mergeRequest({ ...fork, action: 'open' }, { labels }),
    mergeRequest(fork, { labels: { previous: labels.current, current: labels.previous } }),
    { ...payload, user: { username: 'project_7_bot_0a1b' } },
    { ...payload, user: null },
  ]) {
    assert.equal(meaning(wrong).intents, undefined)
    assert.equal(meaning(wrong).keys.length, 1)
  }
})

test('hooks of the instance say the same as those of a project', () => {
  const { object_kind: _, ...ofInstance } = PUSH
  assert.deepEqual(meaning(ofInstance), meaning(PUSH))
})

test('foreign text in an outcome stays on one short line', () => {
  const { outcome } = meaning({ ...PUSH, ref: `refs/heads/a\n\u202eb${'c'.repeat(500)}` })
  assert.match(outcome, /^[^\n\u202e]{1,220}$/)
})

test('nothing that a payload holds is thrown over', () => {
  const known = [PUSH, MERGE_REQUEST, NOTE, PIPELINE, DEPLOYMENT, PROJECT_RENAME, REPOSITORY_UPDATE]
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.dictionary(fc.string(), fc.jsonValue()), (payload, noise) => {
      const said = meaning({ ...payload, ...noise, ...pick(payload) })
      assert.match(said.outcome, /^[A-Z][^\n]*\.$/)
    }),
  )
})

test('a hook is asked for exactly the events that lead to a look', () => {
  const used = [
    ['push_events', PUSH],
    ['tag_push_events', TAG_PUSH],
    ['merge_requests_events', MERGE_REQUEST],
    ['note_events', NOTE],
    ['pipeline_events', PIPELINE],
    ['deployment_events', DEPLOYMENT],
  ] as const
  assert.deepEqual(
    Object.keys(GITLAB_HOOK_EVENTS),
    used.map(([event]) => event),
  )
  for (const [event, payload] of used) assert.equal(meaning(payload).keys.length, 1, event)
  assert.deepEqual(Object.keys(GITLAB_GROUP_HOOK_EVENTS), [
    ...Object.keys(GITLAB_HOOK_EVENTS),
    'project_events',
  ])
  assert.equal(meaning(PROJECT_CREATE).keys.length, 1)
})

/** What decides which reader is asked. */
function pick(payload: object): object {
  const { object_kind, event_name } = payload as { object_kind?: string; event_name?: string }
  return object_kind === undefined ? { event_name, object_kind: undefined } : { object_kind }
}
