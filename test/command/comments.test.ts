import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommentReading } from '../../src/command/command.ts'
import { commentHash } from '../../src/command/comment-hash.ts'
import { readComment } from '../../src/command/read-comment.ts'
import { githubMeaning } from '../../src/intake/github.ts'
import { gitlabMeaning } from '../../src/intake/gitlab.ts'
import type { DeliveryMeaning } from '../../src/store/store.ts'
import { type Author, ROWS, type Row } from './comments.ts'

const NUMBER = 12
const COMMENT = 3_000_000_017

type Forge = 'github' | 'gitlab'

test('the table is as long as it is meant to be, and no comment is in it twice', () => {
  assert.ok(ROWS.length >= 150, String(ROWS.length))
  assert.equal(new Set(ROWS.map(({ title }) => title)).size, ROWS.length)
})

for (const forge of ['github', 'gitlab'] as const) {
  describe(`a comment on ${forge}`, () => {
    for (const row of ROWS) {
      const expected = row.expected[forge]
      test(`${row.title}: ${expected}`, () => {
        const { intents = [] } = forge === 'github' ? onGitHub(row) : onGitLab(row)
        if (expected === 'nothing') return assert.deepEqual(intents, [])
        const repository = `${forge}:acme/web`
        const hash = commentHash(row.text)
        assert.deepEqual(intents, [{ repository, number: NUMBER, comment: COMMENT, login: 'alice', hash }])
        assert.equal(show(readComment(row.text, { bareCommands: forge === 'github' })), expected)
      })
    }
  })
}

function show(reading: CommentReading): string {
  if (reading.kind === 'nothing') return 'nothing'
  if (reading.kind === 'refused') return reading.problems.map(({ code }) => `!${code}`).join(' + ')
  return reading.commands
    .map(({ verb, arguments: words, options, lasting, reason }) =>
      [
        verb,
        ...Object.values(words),
        ...(lasting === null ? [] : [`for ${lasting}`]),
        ...Object.entries(options).map(([key, value]) => `${key}=${value}`),
        ...(reason === null ? [] : [`-- ${reason}`]),
      ].join(' '),
    )
    .join(' + ')
}

function onGitHub({ text, by = 'person', action = 'created', on = 'pull request' }: Row): DeliveryMeaning {
  const payload = {
    ...(action === 'unsaid' ? { action: 'unsaid' } : { action }),
    repository: { full_name: 'acme/web' },
    issue: { number: NUMBER, ...(on === 'issue' ? {} : { pull_request: {} }) },
    comment: {
      id: COMMENT,
      body: text,
      user: by === 'ghost' ? null : { login: 'alice', type: isMachine(by, 'github') ? 'Bot' : 'User' },
      performed_via_github_app: by === 'app for a person' ? { id: 1 } : null,
    },
  }
  return githubMeaning({ source: 'github', id: 'x', event: 'issue_comment', payload })
}

function onGitLab({ text, by = 'person', action = 'created', on = 'pull request' }: Row): DeliveryMeaning {
  const word = { created: 'create', edited: 'update', deleted: 'delete', unsaid: undefined }[action]
  const payload = {
    object_kind: 'note',
    ...(by === 'ghost'
      ? {}
      : { user: { username: isMachine(by, 'gitlab') ? 'project_7_bot_0a1b' : 'alice' } }),
    project: { path_with_namespace: 'acme/web' },
    object_attributes: {
      id: COMMENT,
      note: text,
      noteable_type: on === 'issue' ? 'Issue' : 'MergeRequest',
      system: by === 'system',
      action: word,
    },
    ...(on === 'issue' ? {} : { merge_request: { iid: NUMBER } }),
  }
  return gitlabMeaning({ source: 'gitlab', id: 'x', event: 'note', payload })
}

function isMachine(by: Author, forge: Forge): boolean {
  return by === 'bot' || (by === 'system' && forge === 'github')
}
