import { test } from 'node:test'
import type { Store } from '../../src/store/store.ts'
import type { StoreMode, StoreWorld } from '../store/worlds.ts'

/** Defines tests that each have an empty database of their own, or a store on one. */
export function storeTests(mode: StoreMode) {
  const withWorld = (title: string, body: (world: StoreWorld) => Promise<void>, timeout = 60_000): void => {
    test(title, { timeout }, async () => {
      const world = await mode.world()
      try {
        await body(world)
      } finally {
        await world.remove()
      }
    })
  }
  const withStore = (
    title: string,
    body: (store: Store, world: StoreWorld) => Promise<void>,
    timeout?: number,
  ): void =>
    withWorld(
      title,
      async (world) => {
        const store = await world.open()
        try {
          await body(store, world)
        } finally {
          await store.close()
        }
      },
      timeout,
    )
  return { withWorld, withStore }
}
