import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seedSamples } from '../../src/sandbox/index.ts'
import { findPull } from '../../src/sandbox/model/pulls.ts'
import { BOT, startGitLab } from '../support/gitlab.ts'
import { commitFiles, fileText, headOf } from '../support/sandbox.ts'
import { browse, chromiumMissing } from './pages-world.ts'

const skip = chromiumMissing()

test('a person merges, closes and comments on merge requests by clicking', { skip }, async (t) => {
  const world = await startGitLab()
  t.after(() => world.close())
  const { model, url } = world
  const project = await world.project('acme/platform/web')
  const you = { kind: 'person', account: model.you } as const
  for (const branch of ['one', 'two']) {
    await world.rest('POST', `/projects/${project.id}/repository/branches`, { branch, ref: 'main' })
    await commitFiles({ ...world, you }, project, branch, { [`${branch}.yaml`]: 'x\n' }, `Add ${branch}`)
  }
  const wish = { source_branch: 'one', target_branch: 'main', title: 'Draft: Add one' }
  await world.rest('POST', `/projects/${project.id}/merge_requests`, wish, { token: BOT })
  const { page, complaints } = await browse(t, `${url}/acme/platform/web/-/merge_requests`)
  await page.getByRole('link', { name: 'Draft: Add one' }).click()
  assert.match(page.url(), /\/acme\/platform\/web\/-\/merge_requests\/1$/)
  assert.match((await page.textContent('h1')) ?? '', /Draft: Add one !1/)
  await page.getByRole('button', { name: 'Ready for review' }).click()
  await page.locator('.event', { hasText: 'changed title from' }).locator('strong').first().waitFor()
  await page.getByRole('button', { name: 'Merge merge request' }).click()
  await page.getByRole('heading', { name: 'Merged and closed' }).waitFor()
  const merged = findPull(model, project, 1)
  assert.deepEqual([merged?.state, merged?.title], ['merged', 'Add one'])
  assert.equal(merged?.mergeCommitOid, await headOf(world, project, 'main'))

  await page.goto(`${url}/acme/platform/web/-/branches`)
  await page.getByRole('link', { name: 'New merge request' }).click()
  await page.getByRole('button', { name: 'Create merge request' }).click()
  await page.getByText('wants to merge 1 commit').waitFor()
  await page.getByLabel('Comment').fill('Not now.\n/close')
  await page.getByRole('button', { name: 'Comment', exact: true }).click()
  await page.waitForURL(/\/acme\/platform\/web\/-\/merge_requests\/2#note_\d+$/)
  await page.getByRole('button', { name: 'Reopen merge request' }).click()
  await page.getByRole('button', { name: 'Close merge request' }).waitFor()
  assert.equal(findPull(model, project, 2)?.state, 'open')
  assert.deepEqual(complaints, [])
})

test('every page of a project is at GitLab’s address', async (t) => {
  const world = await startGitLab()
  t.after(() => world.close())
  const { manifests } = await seedSamples(world.model)
  const head = await headOf(world, manifests, 'main')
  const { url } = world
  const project = `${url}/acme/k8s-manifests`
  for (const address of [
    url,
    `${url}/acme`,
    `${url}/groups/acme`,
    project,
    `${project}/-/tree/main/apps/web`,
    `${project}/-/blob/main/README.md`,
    `${project}/-/commits/main`,
    `${project}/-/commit/${head}`,
    `${project}/-/branches`,
    `${project}/-/merge_requests`,
    `${project}/-/compare/main...main`,
    `${project}/-/merge_requests/new?merge_request%5Bsource_branch%5D=main`,
    `${url}/-/style.css`,
  ]) {
    const answer = await fetch(address)
    assert.equal(answer.status, 200, address)
    const text = await answer.text()
    if (!address.endsWith('.css')) assert.doesNotMatch(text, /pull request|GitHub/i, address)
  }
  assert.equal((await fetch(`${project}/-/nothing`)).status, 404)
})

test('the page of a commit shows what was said on it, as the bot does of a broken configuration', async (t) => {
  const world = await startGitLab()
  t.after(() => world.close())
  const project = await world.project('acme/web')
  const head = await headOf(world, project, 'main')
  const said = { body: '<!-- mark -->\n\n**1 problem**' }
  await world.rest('POST', `/projects/${project.id}/repository/commits/${head}/discussions`, said, {
    token: BOT,
  })
  const text = await (await fetch(`${world.url}/acme/web/-/commit/${head}`)).text()
  assert.match(text, /supercargo<\/b>[\s\S]*commented[\s\S]*<strong>1 problem<\/strong>/)
})

test('the samples have their configuration where GitLab keeps it, and the bot is a maintainer', async (t) => {
  const world = await startGitLab()
  t.after(() => world.close())
  const { web, manifests } = await seedSamples(world.model)
  assert.match((await fileText(world, web, 'main', '.gitlab/supercargo.yml')) ?? '', /^manifests: /m)
  assert.equal(await fileText(world, web, 'main', '.github/supercargo.yml'), null)
  assert.match((await fileText(world, web, 'main', 'README.md')) ?? '', /every open merge request/)
  const { id } = world.model.bot
  const member = await world.rest('GET', `/projects/${manifests.id}/members/all/${id}`, undefined, {
    token: BOT,
  })
  assert.equal(member.body.access_level, 40)
  await seedSamples(world.model)
  assert.equal(world.model.tables.repositories.all().length, 2)
})
