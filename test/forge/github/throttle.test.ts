import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY_REPOSITORY, forgeFor, startStub } from './stub.ts'

const wish = { number: 1, id: null, body: 'hello', marker: null }
const repository = (owner: string) => ({ forge: 'github', path: `${owner}/manifests` })

test("an installation's writes are a second apart, and hold up neither another's writes nor any read", async (t) => {
  const stub = await startStub(t)
  for (const [i, owner] of ['acme', 'globex', 'initech'].entries()) {
    stub.on(`GET /repos/${owner}/manifests/installation`, { body: { id: 70 + i } })
  }
  stub.on(/comments$/, { status: 201, body: { id: 1 } })
  stub.on('POST /graphql', EMPTY_REPOSITORY)
  const forge = forgeFor(stub, { spacing: true })
  await forge.writeComment(repository('acme'), wish)
  const second = forge.writeComment(repository('acme'), wish)
  const rest = (async () => {
    for (const owner of ['globex', 'initech']) await forge.writeComment(repository(owner), wish)
    for (let i = 0; i < 5; i++) await forge.readRepository(repository('acme'), [])
  })()
  await Promise.all([second, rest])
  const order = stub.calls().map((call) => call.replace(/^POST (?:\/repos)?\/(\w+).*/, '$1'))
  assert.deepEqual(order, ['acme', 'globex', 'initech', ...Array(5).fill('graphql'), 'acme'])
})
