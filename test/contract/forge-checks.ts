import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { RepositoryId } from '../../src/domain/repository.ts'
import { cloneOf, type ForgeWorld, type StartForge } from './forge-world.ts'

/** What every adapter reads of checks. */
export function forgeChecksContract(name: string, start: StartForge): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, work)

  it('the checks of 20 commits are read in one look, and nothing is said of those that have none', async (t) => {
    const { world, repository, commits, states } = await begin(t, start, 20)
    const [silent = '', one = '', several = ''] = commits
    await world.person.check(repository, one, 'test', 'passed')
    await world.person.check(repository, several, 'test', 'failed')
    await world.person.check(repository, several, 'lint', 'pending')
    world.requests()
    const read = await world.forge.readChecks(repository, 'main', commits)
    assert.equal(world.requests().length, world.deviations.readChecks)
    assert.deepEqual(Object.keys(read.commits).toSorted(), commits.toSorted())
    assert.deepEqual(read.commits[silent], [])
    assert.deepEqual(await states(one), ['test passed'])
    assert.deepEqual(await states(several), ['lint pending', 'test failed'])
  })

  it('of several reports by one name the newest counts', async (t) => {
    const { world, repository, commits, states } = await begin(t, start, 1)
    const [commit = ''] = commits
    const said = ['pending', 'failed', 'pending', 'passed'] as const
    for (const state of said) {
      await world.person.check(repository, commit, 'test', state)
      assert.deepEqual(await states(commit), [`test ${state}`])
    }
  })

  it('more than a hundred checks of a commit are all read', async (t) => {
    const { world, repository, commits, states } = await begin(t, start, 2)
    const [commit = '', other = ''] = commits
    const names = Array.from({ length: 205 }, (_, i) => `check-${String(i).padStart(3, '0')}`)
    for (const each of names) await world.person.check(repository, commit, each, 'passed')
    await world.person.check(repository, other, 'test', 'passed')
    assert.deepEqual(
      await states(commit),
      names.map((each) => `${each} passed`),
    )
    assert.deepEqual(await states(other), ['test passed'])
  })

  it("the bot's own report is no check, whatever it says, and somebody else's of its name is one", async (t) => {
    const { world, repository, commits, states } = await begin(t, start, 2)
    const [commit = '', other = ''] = commits
    const report = (conclusion: 'success' | 'failure', of: string) =>
      world.forge.writeReport(repository, {
        id: null,
        commit: of,
        conclusion,
        title: 'x',
        summary: 'x',
        annotations: [],
      })
    const whole = async (of: string) => {
      const { commits: checks } = await world.again().readChecks(repository, 'main', [of])
      return checks[of]?.find(({ name: each }) => each === world.deviations.wholeCheck)?.state ?? null
    }
    await report('success', commit)
    assert.deepEqual([await states(commit), await whole(commit)], [[], null])
    await world.person.check(repository, commit, 'test', 'passed')
    await report('failure', commit)
    assert.deepEqual(await states(commit), ['test passed'])
    assert.equal(await whole(commit), world.deviations.wholeCheck === null ? null : 'passed')
    await world.person.check(repository, other, 'supercargo', 'failed')
    assert.deepEqual(await states(other), ['supercargo failed'])
  })

  it('what the branch requires is told, and nothing where it requires nothing', async (t) => {
    const { world, repository, commits } = await begin(t, start, 1)
    const required = async () => (await world.forge.readChecks(repository, 'main', commits)).required
    assert.deepEqual(await required(), [])
    await world.person.requireChecks(repository, 'main')
    assert.deepEqual(await required(), world.deviations.required)
    assert.deepEqual((await world.forge.readChecks(repository, 'main', [])).commits, {})
  })

  it('the checks of a repository that is not there are not known, for good', async (t) => {
    const { forge } = await start(t)
    const repository = { forge: forge.id, path: 'acme/nothing' }
    await assert.rejects(forge.readChecks(repository, 'main', ['0'.repeat(40)]), { kind: 'permanent' })
  })
}

interface Beginning {
  world: ForgeWorld
  repository: RepositoryId
  /** Of main, oldest first. */
  commits: string[]
  /** `name state` of each check of a commit, sorted, without the one that is all of them. */
  states(commit: string): Promise<string[]>
}

async function begin(t: TestContext, start: StartForge, count: number): Promise<Beginning> {
  const world = await start(t)
  const repository = await world.createRepository('acme/web')
  const clone = await cloneOf(t, world, repository)
  const commits: string[] = []
  for (let i = 0; i < count; i++) commits.push(await clone.commit({ a: `${i}` }))
  await clone.git('push', '--quiet', 'origin', 'HEAD')
  return {
    world,
    repository,
    commits,
    states: async (commit) => {
      const read = await world.forge.readChecks(repository, 'main', [...commits])
      return (read.commits[commit] ?? [])
        .filter(({ name }) => name !== world.deviations.wholeCheck)
        .map(({ name, state }) => `${name} ${state}`)
        .toSorted()
    },
  }
}
