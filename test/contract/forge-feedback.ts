import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RepositoryId } from '../../src/domain/repository.ts'
import { type Clone, cloneOf, type ForgeWorld, type StartForge } from './forge-world.ts'

const PLACE = { environment: 'preview-web', slot: 'pr-1' }
const URL = 'https://pr-1.example.com'

/** How every adapter answers people. */
export function forgeFeedbackContract(name: string, start: StartForge): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, work)

  it('the access of a person is told, and that of a stranger is none', async (t) => {
    const { world, repository } = await begin(t, start)
    for (const access of ['read', 'write', 'maintain', 'admin'] as const) {
      await world.person.grant(repository, `${access}er`, access)
      assert.equal(await world.forge.readAccess(repository, `${access}er`), access)
    }
    const elsewhere = await world.createRepository('globex/shop')
    await world.person.grant(elsewhere, 'stranger', 'admin')
    assert.equal(await world.forge.readAccess(repository, 'stranger'), 'none')
    assert.equal(await world.forge.readAccess(repository, 'nobody'), 'none')
    assert.equal(await world.forge.readAccess(repository, 'admin'), 'none')
  })

  it('access to a repository that is not there is an error, and not an answer', async (t) => {
    const { world, repository } = await begin(t, start)
    await world.person.grant(repository, 'alice', 'admin')
    const nothing = { ...repository, path: 'acme/nothing' }
    await assert.rejects(world.forge.readAccess(nothing, 'alice'), { code: 'repository-not-found' })
  })

  it('a comment gets each reaction of the bot once, beside those of others', async (t) => {
    const { world, repository, number } = await begin(t, start)
    const comment = await world.person.comment(repository, number, '/cargo help')
    const react = (reaction: 'eyes' | 'rocket' | 'confused') =>
      world.forge.ensureReaction(repository, { number, comment, reaction })
    for (const reaction of ['eyes', 'eyes', 'rocket', 'eyes', 'confused'] as const) await react(reaction)
    assert.deepEqual(await world.person.readReactions(repository, number, comment), [
      'eyes by supercargo',
      'rocket by supercargo',
      'confused by supercargo',
    ])
    await world.person.deleteComments(repository, number)
    await assert.rejects(react('eyes'), { code: 'comment-not-found', kind: 'conflict' })
  })

  it('a comment is read with its author, as long as it is there and where it is', async (t) => {
    const { world, repository, number } = await begin(t, start)
    const comment = await world.person.comment(repository, number, '/cargo help\n\nplease')
    const read = await world.forge.readComment(repository, number, comment)
    assert.equal(read?.text.replaceAll('\r\n', '\n'), '/cargo help\n\nplease')
    assert.deepEqual([read?.login, read?.person], ['you', true])
    assert.match(read?.url ?? '', new RegExp(`^http.*/acme/web/.*/${number}#.*${comment}$`))
    await world.forge.writeComment(repository, { number, id: null, body: 'Mine', marker: null })
    const own = await world.forge.findComment(repository, number, 'Mine')
    const id = await world.person.numberOf(repository, number, 'Mine')
    assert.equal((await world.forge.readComment(repository, number, id))?.person, false)
    assert.equal(own?.body, 'Mine')
    assert.equal(await world.forge.readComment(repository, number + 1, comment), null)
    await world.person.deleteComments(repository, number)
    assert.equal(await world.forge.readComment(repository, number, comment), null)
    assert.equal(await world.forge.findComment(repository, number, 'Mine'), null)
  })

  it('requirement 18: the bot finds its own comment among many, and takes nobody else’s for it', async (t) => {
    const { world, repository, number } = await begin(t, start)
    await world.person.comment(repository, number, 'marker of a person')
    for (let count = 0; count < 101; count++) await world.person.comment(repository, number, `no. ${count}`)
    assert.equal(await world.forge.findComment(repository, number, 'marker'), null)
    await world.forge.writeComment(repository, { number, id: null, body: 'marker', marker: 'marker' })
    const own = await world.again().findComment(repository, number, 'marker')
    assert.equal(own?.body, 'marker')
    await world.forge.writeComment(repository, { number, id: own.id, body: 'marker 2', marker: 'marker' })
    assert.equal((await world.forge.findComment(repository, number, 'marker'))?.body, 'marker 2')
  })

  it('labels are added and removed, and are read with their pull request', async (t) => {
    const { world, repository, number } = await begin(t, start)
    const labels = async () => {
      const { pullRequests } = await world.forge.readSource(repository, {
        branches: [],
        tags: false,
        pullRequests: true,
        liveBranches: false,
        commentMarker: 'none',
      })
      return pullRequests.items.find((pull) => pull.number === number)?.labels.sort()
    }
    assert.deepEqual(await labels(), [])
    const change = (add: string[], remove: string[]) =>
      world.forge.ensureLabels(repository, number, { add, remove })
    await change(['preview', 'needs: review'], ['never there'])
    assert.deepEqual(await labels(), ['needs: review', 'preview'])
    await change(['preview'], ['needs: review'])
    await change([], ['needs: review'])
    assert.deepEqual(await labels(), ['preview'])
    world.requests()
    await change([], [])
    assert.deepEqual(world.requests(), [])
  })

  it('a deployment is shown once, from its start to its end', async (t) => {
    const { world, repository, head } = await begin(t, start)
    const shown = () => world.person.readDeployments(repository, PLACE)
    const ensure = (state: 'running' | 'success' | 'failure', url: string | null) =>
      world.forge.ensureDeployment(repository, { ...PLACE, commit: head, branch: 'feature', state, url })
    await ensure('running', null)
    assert.deepEqual(await shown(), [`${head} running`])
    await ensure('success', URL)
    assert.deepEqual(await shown(), [`${head} success ${URL}`])
    world.requests()
    await ensure('success', URL)
    assert.deepEqual(
      world.requests().filter((call) => !call.startsWith('GET ')),
      [],
    )
    await ensure('failure', URL)
    assert.deepEqual(await shown(), [`${head} failure ${URL}`])
    await world.forge.endDeployment(repository, PLACE)
    assert.deepEqual(await shown(), [])
    world.requests()
    await world.forge.endDeployment(repository, PLACE)
    assert.deepEqual(
      world.requests().filter((call) => !call.startsWith('GET ')),
      [],
    )
    await ensure('success', URL)
    assert.deepEqual(await shown(), [`${head} success ${URL}`])
  })

  it('what the bot says on a commit is none of its checks, however often it is said', async (t) => {
    const { world, repository, head } = await begin(t, start)
    const wish = { commit: head, branch: 'feature', name: 'supercargo/preview-web', title: 'It is there.' }
    await world.forge.writeStatus(repository, { ...wish, conclusion: 'failure', url: null })
    await world.forge.writeStatus(repository, { ...wish, conclusion: 'success', url: URL })
    const { commits } = await world.again().readChecks(repository, 'feature', [head])
    assert.deepEqual(commits[head] ?? [], [])
  })

  it('a new commit takes the place of the ones before, and leaves other places alone', async (t) => {
    const { world, repository, clone, head } = await begin(t, start)
    const other = { ...PLACE, slot: 'pr-2' }
    const next = await clone.push({ a: '3' })
    const ensure = (commit: string, place = PLACE) =>
      world.forge.ensureDeployment(repository, {
        ...place,
        commit,
        branch: 'feature',
        state: 'success',
        url: URL,
      })
    await ensure(head, other)
    await ensure(head)
    for (const commit of [next, head, next]) {
      await ensure(commit)
      assert.deepEqual(await world.person.readDeployments(repository, PLACE), [`${commit} success ${URL}`])
    }
    await world.forge.endDeployment(repository, PLACE)
    assert.deepEqual(await world.person.readDeployments(repository, other), [`${head} success ${URL}`])
  })
}

interface Beginning {
  world: ForgeWorld
  repository: RepositoryId
  clone: Clone
  head: string
  number: number
}

/** An application repository with one pull request, whose branch is checked out. */
async function begin(t: TestContext, start: StartForge): Promise<Beginning> {
  const world = await start(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  await clone.push({ a: '1' })
  await clone.git('checkout', '--quiet', '-b', 'feature')
  const head = await clone.push({ a: '2' })
  const number = await world.person.openPull(repository, { branch: 'feature', base: 'main', title: 'x' })
  return { world, repository, clone, head, number }
}
