import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cloneOf, type StartForge } from './forge-world.ts'

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

    it('people and teams are asked for a review once, and who cannot be asked keeps nobody else from it', async (t) => {
      const { forge, person, createRepository, requests, ...world } = await start(t)
      const repository = await createRepository('acme/web')
      const clone = await cloneOf(t, { ...world, forge, person, createRepository, requests }, repository)
      await clone.push({ a: '1' })
      await clone.git('checkout', '--quiet', '-b', 'feature')
      await clone.push({ a: '2' })
      const number = await person.openPull(repository, { branch: 'feature', base: 'main', title: 'x' })
      for (const login of ['alice', 'bob', 'carol']) await person.grant(repository, login, 'write')
      await person.setTeam('acme/sre', ['carol'])
      await person.setTeam('acme/else', ['stranger'])
      const ask = (users: string[], teams: string[]) =>
        forge.askReviewers(repository, number, { users, teams })
      const refused = await ask(['alice', 'nobody', 'stranger', 'you'], ['acme/sre', 'acme/none'])
      assert.deepEqual(refused.map(({ who }) => who).sort(), [
        'team:acme/none',
        'user:nobody',
        'user:stranger',
      ])
      for (const { why } of refused) assert.match(why, /^[A-Z].*[^ ]$/)
      const asked = () => person.readReviewers(repository, number)
      assert.deepEqual(await asked(), ['alice', 'carol'])
      requests()
      assert.deepEqual(await ask(['ALICE'], ['acme/sre']), [])
      assert.deepEqual(
        requests().filter((call) => !call.startsWith('GET ')),
        [],
      )
      assert.deepEqual(await ask(['bob'], []), [])
      assert.deepEqual(await asked(), ['alice', 'bob', 'carol'])
    })
  })
}
