import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { embeddedMode } from './worlds.ts'

const mode = embeddedMode()
after(() => mode.close())

test('a key that is quiet is due again after a day', async () => {
  const world = await mode.world()
  const store = await world.open()
  await store.recordGlances(new Map([['github:acme/web', 'a']]))
  await store.recordQuiet('github:acme/web', await store.marksOf('github:acme/web'))
  assert.deepEqual(await store.dueKeys(['github:acme/web']), [])
  await store.close()
  const ago = async (hours: number) => {
    const database = await world.database()
    await database.query('update supercargo.quiet_keys set visited_at = now() - make_interval(hours => $1)', [
      hours,
    ])
    await database.close()
    const again = await world.open()
    const due = await again.dueKeys(['github:acme/web'])
    await again.close()
    return due
  }
  assert.deepEqual(await ago(23), [])
  assert.deepEqual(await ago(25), ['github:acme/web'])
  await world.remove()
})
