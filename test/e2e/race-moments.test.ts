// What a call of the port looks at, and what it then writes, are several requests. Somebody else acts between them.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SupercargoError } from '../../src/domain/errors.ts'
import { BRANCH } from '../support/scene.ts'
import { isAtRest, RACE_FORGES, type RaceScene, raceScene, SOURCE } from './race-scene.ts'
import { SITUATIONS } from './race-situations.ts'

/** Lets `act` happen right before the request of this number (from 0) that writes; true when there was such a one. */
async function passWith(s: RaceScene, number: number, act: () => Promise<void>): Promise<boolean> {
  let writes = 0
  let acted = false
  const send: typeof fetch = async (input, init) => {
    if (!acted && isWrite(input, init) && writes++ === number) {
      acted = true
      await act()
    }
    return await fetch(input, init)
  }
  const bot = s.engine((forge) => forge, send)
  for (let round = 0; round < 6; round++) {
    try {
      if (isAtRest(await bot.pass(SOURCE))) return acted
    } catch (error) {
      assert.ok(error instanceof SupercargoError && error.kind === 'conflict', String(error))
    }
  }
  return assert.fail('The bot never comes to rest.')
}

/** A request to the manifests that is not a query. */
function isWrite(input: string | URL | Request, init: RequestInit | undefined): boolean {
  const { pathname } = new URL(input instanceof Request ? input.url : input)
  if (pathname.endsWith('/graphql')) return /"query":\s*"\s*mutation/.test(String(init?.body))
  const method = input instanceof Request ? input.method : (init?.method ?? 'GET')
  return method !== 'GET' && pathname.includes('k8s-manifests')
}

const WRITES = ['updateChangeRequest', 'mergeChangeRequest', 'closeChangeRequest', 'deleteBranch'] as const

for (const forge of RACE_FORGES) {
  const { branchesAreSwapped } = forge.deviations
  const kept = branchesAreSwapped
    ? 'the commit stays on the branch'
    : 'one request alone can take the commit from the branch, and it stays in the repository'
  describe(forge.name, () => {
    for (const write of WRITES) {
      test(`a person pushes right before each request of ${write}: ${kept}, and nothing merges it`, async () => {
        const { change, prepare } = SITUATIONS[write]
        let taken = 0
        for (let number = 0, met = true; met; number++) {
          await raceScene(forge, change, async (s) => {
            await prepare(s)
            let mine = ''
            met = await passWith(s, number, async () => {
              if ((await s.headOf(s.manifests, BRANCH)) === null) return
              mine = await s.person.commit(BRANCH, { 'notes.txt': 'mine' })
            })
            assert.ok(number > 0 || mine !== '', `it came to ${write}`)
            assert.equal(await s.manifest('notes.txt'), null)
            if (mine === '' || (await s.manifest('notes.txt', BRANCH)) === 'mine') return
            taken++
            assert.equal(await s.manifest('notes.txt', mine), 'mine')
          })
        }
        assert.equal(taken, branchesAreSwapped ? 0 : 1)
      })
    }
  })
}
