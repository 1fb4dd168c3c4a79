import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { cloneOf, opening, type StartForge } from './forge-world.ts'

const CONFIG = '.supercargo.yml'
const POLICY = '.supercargo/policy.yml'
const FILES = [CONFIG, '.github/supercargo.yml', POLICY]

/** How every adapter sees what pull requests would make of files. */
export function forgeProposalsContract(name: string, start: StartForge): void {
  const it = (title: string, work: (t: TestContext) => Promise<void>) => test(`${name}: ${title}`, work)

  it('requirement 12: what pull requests would make of files is read at their heads, and once they have a report never again', async (t) => {
    const world = await start(t)
    const repository = await world.createRepository('acme/web')
    const clone = await cloneOf(t, world, repository)
    await clone.push({ [CONFIG]: 'first of many lines\n', [POLICY]: 'policy\n' })
    const propose = async (branch: string, files: Record<string, string | null>) => {
      await clone.git('switch', '--quiet', '-c', branch, 'main')
      const head = await clone.push(files)
      await clone.git('switch', '--quiet', 'main')
      const number = await world.person.openPull(repository, { branch, base: 'main', title: branch })
      return { number, branch, head }
    }
    let adapter = world.forge
    const read = async () => {
      world.requests()
      const { proposals } = await adapter.readRepository(repository, FILES, { mostBytes: 100 })
      return { proposals: proposals.sort((a, b) => a.number - b.number), requests: world.requests().length }
    }
    const base = await clone.git('rev-parse', 'main')
    await world.forge.openChangeRequest(repository, opening(base))
    const { readRepository, newHeads } = world.deviations
    assert.deepEqual(await read(), { proposals: [], requests: readRepository })
    const other = await propose('other', { 'a.txt': '1' })
    assert.deepEqual(await read(), { proposals: [], requests: readRepository + newHeads })
    assert.deepEqual(await read(), { proposals: [], requests: readRepository })
    const both = await propose('both', { [CONFIG]: 'second\n', [POLICY]: 'p'.repeat(101) })
    const moved = await propose('moved', { [CONFIG]: null, [FILES[1] ?? '']: 'first of many lines\n' })
    const merged = await propose('merged', { [CONFIG]: 'newer\n' })
    const closed = await propose('closed', { [POLICY]: null })
    await world.person.closePull(repository, closed.number)
    const fork = await world.person.openPullFromFork(repository, 'fork', 'main')
    // main moves on, so that every head has another file than main; theirs alone count
    await clone.push({ [CONFIG]: 'newer\n' })

    const { proposals } = await read()
    assert.deepEqual(proposals, [
      { ...both, files: { [CONFIG]: 'second\n', [POLICY]: null }, tooLarge: [POLICY] },
      { ...moved, files: { [CONFIG]: null, [FILES[1] ?? '']: 'first of many lines\n' }, tooLarge: [] },
    ])
    assert.deepEqual((await read()).proposals, proposals)
    assert.deepEqual((await adapter.readRepository(repository, FILES)).proposals, [])
    const report = { conclusion: 'success' as const, title: 'Fine', summary: 'It is fine.', annotations: [] }
    for (const { head: commit, branch } of proposals) {
      await adapter.writeReport(repository, { ...report, id: null, commit, branch })
    }
    assert.deepEqual(await read(), { proposals: [], requests: readRepository })
    adapter = world.again()
    assert.deepEqual((await read()).proposals, [])
    assert.deepEqual(await read(), { proposals: [], requests: readRepository })

    await clone.git('switch', '--quiet', other.branch)
    const head = await clone.push({ [POLICY]: null })
    const news = await read()
    assert.deepEqual(news.proposals, [{ ...other, head, files: { [POLICY]: null }, tooLarge: [] }])
    assert.ok(![merged.number, fork].includes(news.proposals[0]?.number ?? 0))
  })
}
