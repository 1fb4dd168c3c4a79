import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PRODUCTION, STAGING } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { commitFiles } from '../support/sandbox.ts'
import { BRANCH, type Scene, scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'

async function patch({ forge }: Scene, number: number, change: Record<string, unknown>): Promise<void> {
  const { status } = await forge.rest('PATCH', `/repos/acme/k8s-manifests/pulls/${number}`, change)
  assert.equal(status, 200)
}

async function merge({ forge }: Scene, number: number, method = 'merge'): Promise<void> {
  const { status } = await forge.rest('PUT', `/repos/acme/k8s-manifests/pulls/${number}/merge`, {
    merge_method: method,
  })
  assert.equal(status, 200)
}

async function states({ changeRequests }: Scene): Promise<string[]> {
  return (await changeRequests()).map(({ number, state }) => `${number} ${state}`)
}

/** What is left when the write stops half-way: the app's branch and commit, and nothing else. */
async function branchWithoutChangeRequest(s: Scene): Promise<void> {
  const token = await s.forge.token()
  const base = await s.headOf(s.manifests, 'main')
  const as = { token }
  await s.forge.rest(
    'POST',
    '/repos/acme/k8s-manifests/git/refs',
    { ref: `refs/heads/${BRANCH}`, sha: base },
    as,
  )
  const contents = Buffer.from('half').toString('base64')
  const response = await fetch(s.forge.api.replace(/v3$/, 'graphql'), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      query:
        'mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }',
      variables: {
        input: {
          branch: { repositoryNameWithOwner: 'acme/k8s-manifests', branchName: BRANCH },
          expectedHeadOid: base,
          message: { headline: 'Half' },
          fileChanges: { additions: [{ path: 'half.txt', contents }] },
        },
      },
    }),
  })
  assert.equal(((await response.json()) as { errors?: unknown }).errors, undefined)
}

test('an older commit that arrives later changes nothing', async () => {
  await scene(async (s) => {
    const first = await s.push('First')
    await s.push('Second')
    await s.bot.pass('acme/web')
    await merge(s, 1)
    await s.clone.git('push', '--quiet', '--force', 'origin', `${first}:main`)
    const { standings } = await s.bot.pass('acme/web')
    assert.equal(standings[0]?.reason.code, 'never-backwards')
    assert.deepEqual(await states(s), ['1 closed'])
  })
})

test('a human commit on the branch stops the bot on that change request, and it says so', async () => {
  await scene(async (s) => {
    await s.push('First')
    await s.bot.pass('acme/web')
    const human = await commitFiles(s.forge, s.manifests, BRANCH, { 'notes.txt': 'mine' }, 'My own change')
    await s.push('Second')
    await s.bot.pass('acme/web')
    assert.equal(await s.headOf(s.manifests, BRANCH), human)
    assert.match((await s.changeRequests())[0]?.body ?? '', /A person has committed/)
  })
})

test('a closed change request is not opened again for the same version, and is for a newer one', async () => {
  await scene(async (s) => {
    await s.push('First')
    await s.bot.pass('acme/web')
    await patch(s, 1, { state: 'closed' })
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 closed'])
    const second = await s.push('Second')
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 closed', '2 open'])
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(second)))
  })
})

test('a hand-edited tag is left alone until a newer commit exists', async () => {
  await scene(async (s) => {
    await s.push('First')
    await s.bot.pass('acme/web')
    const before = (await s.manifest(STAGING)) ?? ''
    await merge(s, 1, 'squash')
    await commitFiles(s.forge, s.manifests, 'main', { [STAGING]: before }, 'Roll back by hand')
    const { standings } = await s.bot.pass('acme/web')
    assert.equal(standings[0]?.reason.code, 'edited-by-hand')
    assert.deepEqual(await states(s), ['1 closed'])
    await s.push('Second')
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 closed', '2 open'])
  })
})

test('the base moved and conflicts: the branch is rebuilt on it without closing the change request', async () => {
  await scene(async (s) => {
    const head = await s.push()
    await s.bot.pass('acme/web')
    const moved = `# a new first line\n${(await s.manifest(STAGING)) ?? ''}`.replace(
      'resources',
      '# more\nresources',
    )
    await commitFiles(s.forge, s.manifests, 'main', {
      [STAGING]: moved.replace(/newTag: .*/, 'newTag: "0000000"'),
    })
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 open'])
    assert.match((await s.manifest(STAGING, BRANCH)) ?? '', new RegExp(`# more\n[\\s\\S]*"${tagOf(head)}"`))
    await merge(s, 1)
    assert.match((await s.manifest(STAGING)) ?? '', /# a new first line/)
  })
})

test('a change request that has become empty is closed with a reason, and its branch goes', async () => {
  await scene(async (s) => {
    const head = await s.push()
    await s.bot.pass('acme/web')
    await commitFiles(s.forge, s.manifests, 'main', { [STAGING]: kustomization(tagOf(head)) }, 'By hand')
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 closed'])
    assert.match((await s.changeRequests())[0]?.body ?? '', /Closed by Supercargo: .*already has everything/)
    assert.equal(await s.headOf(s.manifests, BRANCH), null)
  })
})

test('after a merge that left its branch, the next version reuses it', async () => {
  await scene(async (s) => {
    await s.push('First')
    await s.bot.pass('acme/web')
    await merge(s, 1)
    const second = await s.push('Second')
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 closed', '2 open'])
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(second)))
  })
})

test('half of a write, a branch without a change request, is healed', async () => {
  await scene(async (s) => {
    const head = await s.push()
    await branchWithoutChangeRequest(s)
    await s.bot.pass('acme/web')
    assert.deepEqual(await states(s), ['1 open'])
    assert.equal(await s.manifest(STAGING, BRANCH), kustomization(tagOf(head)))
  })
})

test('a tag that matches sets its environment, highest first, and never a lower one', async () => {
  await scene(async (s) => {
    for (const tag of ['v0.9.0', 'v0.10.0', 'x9']) await s.clone.git('tag', tag)
    await s.clone.push('origin', 'v0.9.0', 'v0.10.0', 'x9')
    await s.bot.pass('acme/web')
    const branch = 'supercargo/web/production'
    assert.equal(await s.manifest(PRODUCTION, branch), kustomization('v0.10.0'))
    await merge(s, 1)
    await s.clone.push('origin', ':refs/tags/v0.10.0')
    const { standings } = await s.bot.pass('acme/web')
    assert.equal(standings.find(({ target }) => target === 'web/production')?.reason.code, 'never-backwards')
    assert.deepEqual(await states(s), ['1 closed'])
  })
})

test('more than three tags pushed at once send no event, and the pass of the sweep finds them', async () => {
  await scene(async (s) => {
    const tags = ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0']
    for (const tag of tags) await s.clone.git('tag', tag)
    await s.clone.push('origin', '--tags')
    await s.push('An event that is sent, so that the others would have come before it')
    await eventually('a push event of the branch', () =>
      s.forge.hooks.received.some(({ payload }) => /An event that/.test(JSON.stringify(payload))),
    )
    const refs = s.forge.hooks.received.map(({ payload }) => (payload as { ref?: string }).ref ?? '')
    assert.deepEqual(
      refs.filter((ref) => ref.includes('v1.')),
      [],
    )
    await s.bot.pass('acme/web')
    assert.equal(await s.manifest(PRODUCTION, 'supercargo/web/production'), kustomization('v1.3.0'))
  })
})
