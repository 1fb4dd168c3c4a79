import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GITHUB_WORDS, GITLAB_WORDS, type Vocabulary } from '../../src/domain/vocabulary.ts'
import { aftermath } from '../../src/plan/aftermath.ts'
import { readBlock, sameSource, writeBlock } from '../../src/plan/change-requests/block.ts'
import { feedback } from '../../src/plan/feedback.ts'
import { plan } from '../../src/plan/plan.ts'
import type { World } from '../../src/plan/world.ts'
import { NOTHING_SAID } from '../../src/state/state.ts'
import { afterWriting } from '../support/applied.ts'
import {
  app,
  line,
  MANIFESTS,
  manifests,
  offers,
  onMain,
  previews,
  pullRequest,
  remembering,
  SOURCE,
  world,
} from '../support/world.ts'

const OPTIONS = { confirmRemovals: false }
const AT_LAB = 'https://gitlab.example/acme/web'

/** The world with sources and manifests on these forges; the policy accepts the source wherever it is. */
function across(words: { source: Vocabulary; manifests: Vocabulary }, each: World): World {
  const id = (vocabulary: Vocabulary) => (vocabulary === GITLAB_WORDS ? 'gitlab' : 'github')
  const repository = { ...SOURCE, forge: id(words.source) }
  const accept = { from: { forge: id(words.source), glob: 'acme/web' }, paths: ['**'], images: ['**'] }
  const manifestId = { ...MANIFESTS, forge: id(words.manifests) }
  const targets = each.config.apps.map((one) => ({
    ...one,
    environments: one.environments.map((target) => ({ ...target, manifests: manifestId })),
    previews: one.previews && { ...one.previews, manifests: manifestId },
  }))
  return remembering({
    ...each,
    words: words.source,
    source: { ...each.source, repository, url: AT_LAB, id: '15' },
    config: { apps: targets },
    manifests: each.manifests.map((one) => ({
      repository: manifestId,
      branch: one.branch,
      snapshot: { ...(one.snapshot ?? manifests('x')), repository: manifestId },
      words: words.manifests,
      policy: { ok: true, value: { accept: [{ ...accept, merge: [], direct: ['*'] }] } },
      state: { ok: true, head: null, value: NOTHING_SAID },
    })),
  })
}

function fromGitLab(): World {
  const commits = line('bbbbbbb', 'aaaaaaa')
  const [newest] = commits
  assert.ok(newest)
  newest.headline = 'See #9 and !8'
  newest.pullRequests = [{ number: 12, title: 'x', url: `${AT_LAB}/-/merge_requests/12` }]
  return world({ offers: onMain(commits), snapshot: manifests('aaaaaaa') })
}

function opened(each: World) {
  const [action] = plan(each, OPTIONS).actions
  assert.ok(action?.kind === 'open-change-request')
  return action
}

test("a merge request of the source is a full link in another forge's body, and nothing there is a reference", () => {
  const { body, commit } = opened(
    across({ source: GITLAB_WORDS, manifests: GITHUB_WORDS }, fromGitLab()),
  ).wish
  assert.match(
    body,
    /\(\[acme\/web!\u200b12\]\(https:\/\/gitlab\.example\/acme\/web\/-\/merge_requests\/12\)\)/,
  )
  assert.doesNotMatch(body, /[#!]\d/)
  assert.doesNotMatch(commit.message, /[#!@]\d/)
  assert.match(commit.message, /^Argocd-reference-commit-repourl: https:\/\/gitlab\.example\/acme\/web$/m)
})

test('people read of !7 where the manifests are on GitLab, and of #7 where they are on GitHub', () => {
  for (const [words, name] of [
    [GITLAB_WORDS, '!7'],
    [GITHUB_WORDS, '#7'],
  ] as const) {
    const each = across({ source: GITLAB_WORDS, manifests: words }, fromGitLab())
    const action = opened(each)
    const told = aftermath(plan(each, OPTIONS).standings, [
      { action, words, opened: { number: 7, url: 'u' }, merge: null },
    ])
    assert.equal(told[0]?.reason.message, `Change request ${name} waits for a person to merge it.`)
    const snapshot = afterWriting(manifests('aaaaaaa'), action)
    const later = { ...each, manifests: each.manifests.map((one) => ({ ...one, snapshot })) } as World
    assert.equal(plan(later, OPTIONS).standings[0]?.reason.message, told[0]?.reason.message)
  }
})

test('previews speak of merge requests to people on GitLab, wherever the manifests are', () => {
  for (const [source, noun, mark] of [
    [GITLAB_WORDS, 'merge request', '!'],
    [GITHUB_WORDS, 'pull request', '#'],
  ] as const) {
    const config = { apps: [app({ environments: [], previews: previews({ merge: 'review' }) })] }
    const items = [pullRequest(12)]
    const snapshot = manifests('aaaaaaa', {
      tree: [{ path: 'apps/web/preview/a.yaml', text: 'n: {number}\n', oid: '1'.repeat(40), mode: '100644' }],
    })
    const found = offers({ pullRequests: { complete: true, items } })
    const each = across({ source, manifests: GITHUB_WORDS }, world({ config, offers: found, snapshot }))
    const made = plan(each, OPTIONS)
    assert.match(opened(each).wish.body, new RegExp(`follow the open ${noun}s and branches`))
    assert.match(opened(each).wish.body, new RegExp(`\\[${mark}12\\]\\(https://`))
    const comment = feedback(each, made, made.standings).find(({ kind }) => kind === 'comment')
    assert.ok(comment?.kind === 'comment')
    assert.match(comment.wish.body, new RegExp(`goes when this ${noun} is closed`))
    assert.match(comment.reason.message, new RegExp(`${noun} ${mark}12 has`))
  }
})

test('the same id on another forge is another repository, and a renamed one is the same', () => {
  const one = { source: 'gitlab:acme/web', sourceId: '15' }
  assert.equal(sameSource(one, { source: 'internal:acme/web', sourceId: '15' }), false)
  assert.equal(sameSource(one, { source: 'gitlab:acme/website', sourceId: '15' }), true)
  assert.equal(sameSource(one, { source: 'gitlab:acme/web', sourceId: '16' }), true)
})

test('a change request of a project with the same number on another forge is left alone', () => {
  const each = across({ source: GITLAB_WORDS, manifests: GITHUB_WORDS }, fromGitLab())
  const written = afterWriting(manifests('aaaaaaa'), opened(each))
  const state = written.changeRequests['supercargo/web/staging']
  const block = readBlock(state?.open?.body ?? '')
  assert.ok(state?.open && block)
  const foreign = writeBlock({ ...block, source: 'internal:other/web' })
  const changeRequests = { 'supercargo/web/staging': { ...state, open: { ...state.open, body: foreign } } }
  const later = {
    ...each,
    manifests: each.manifests.map((one) => ({ ...one, snapshot: { ...written, changeRequests } })),
  } as World
  const { actions, standings } = plan(later, OPTIONS)
  assert.deepEqual([actions, standings[0]?.reason.code], [[], 'name-taken'])
})
