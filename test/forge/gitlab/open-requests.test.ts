import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startStub } from '../github/stub.ts'
import { EMPTY_PROJECT, forgeFor, REPOSITORY } from './stub.ts'

const QUERY = { branches: [], tags: false, pullRequests: true, liveBranches: false, commentMarker: 'm' }
const PAGE = 100

/** Reads a project with so many open merge requests, of which those in `hidden` are gone from the listing of the oldest. */
async function read(t: TestContext, count: number, hidden: readonly number[] = []) {
  const stub = await startStub(t)
  const newest = Array.from({ length: count }, (_, i) => count - i)
  const oldest = newest.toReversed().filter((iid) => !hidden.includes(iid))
  stub.on('POST /graphql', ({ body }) => {
    const { query, variables } = body as { query: string; variables: Record<string, unknown> }
    const page = (alias: string, iids: number[]) => {
      const field = new RegExp(`${alias}: mergeRequests\\(([^)]*)\\)`).exec(query)?.[1]
      if (field === undefined) return undefined
      const after = Number(variables[/after: \$(\w+)/.exec(field)?.[1] ?? ''] ?? 0)
      const end = after + PAGE
      const pageInfo = { hasNextPage: end < iids.length, endCursor: String(end) }
      return { count, pageInfo, nodes: iids.slice(after, end).map(mergeRequest) }
    }
    const listings = { open: page('open', newest), oldest: page('oldest', oldest) }
    const ended = { closed: page('closed', []), merged: page('merged', []) }
    const { project } = EMPTY_PROJECT.body.data
    return { body: { data: { project: { ...project, ...listings, ...ended } } } }
  })
  const { pullRequests } = await forgeFor(stub).readSource(REPOSITORY, QUERY)
  const requests = stub.calls().filter((call) => call === 'POST /graphql').length
  return {
    numbers: pullRequests.items.map(({ number }) => number),
    complete: pullRequests.complete,
    requests,
  }
}

function mergeRequest(iid: number) {
  return {
    iid: String(iid),
    title: `${iid}`,
    state: 'opened',
    sourceBranch: `feature/${iid}`,
    sourceProjectId: 5,
    diffHeadSha: 'a'.repeat(40),
    draft: false,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    webUrl: null,
    author: { username: 'dana', bot: false },
    activity: { nodes: [] },
    labels: { nodes: [] },
    notes: { pageInfo: { hasNextPage: false }, nodes: [] },
  }
}

for (const [count, requests] of [
  [0, 1],
  [100, 1],
  [101, 2],
  [299, 2],
  [300, 3],
  [499, 3],
  [500, 3],
  [501, 4],
] as const) {
  test(`${count} open merge requests are read by ${requests} requests, each of them once`, async (t) => {
    const found = await read(t, count)
    assert.deepEqual(
      found.numbers.toSorted((a, b) => a - b),
      Array.from({ length: count }, (_, i) => i + 1),
    )
    assert.equal(found.complete, true)
    assert.ok(found.requests <= requests, `${found.requests} requests`)
  })
}

test('listings that pass each other by are read until they meet or end', async (t) => {
  const { numbers, complete } = await read(t, 320, [90, 91, 92])
  assert.equal(new Set(numbers).size, 320)
  assert.equal(complete, true)
})
