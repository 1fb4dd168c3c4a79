import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StartForge } from './forge-world.ts'

/** Teams and groups, and who is asked for a review. */
export function forgePeopleContract(name: string, start: StartForge): void {
  describe(`${name}: teams and groups`, () => {
    it('requirement 10: who is in a team is known, and whoever is not named is not', async (t) => {
      const { forge, person, createRepository } = await start(t)
      const repository = await createRepository('acme/web')
      await person.grant(repository, 'bob', 'admin')
      await person.setTeam('acme/sre', ['alice', 'carol'])
      const is = (login: string, team = 'acme/sre') => forge.readMembership(repository, team, login)
      const asked = ['alice', 'ALICE', 'bob', 'nobody', 'acme'].map((login) => is(login))
      assert.deepEqual(await Promise.all(asked), [true, true, false, false, false])
      const elsewhere = ['acme/other', 'nobody/sre', 'acme/web', 'a/b/c'].map((team) => is('alice', team))
      assert.deepEqual(await Promise.all(elsewhere), [false, false, false, false])
      const members = await forge.readMembers(repository, 'acme/sre')
      assert.deepEqual(members && { ...members, items: members.items.sort() }, {
        complete: true,
        items: ['alice', 'carol'],
      })
      assert.equal(await forge.readMembers(repository, 'acme/other'), null)
      await person.setTeam('acme/sre', ['carol'])
      assert.equal(await is('alice'), false)
    })
  })
}
