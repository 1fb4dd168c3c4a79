import assert from 'node:assert/strict'
import { CONFIG, CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import { BRANCH, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'
import type { RaceScene } from './race-scene.ts'

/** What the engine is about to do in a scene that was prepared so. */
export interface Situation {
  change: { config?: string }
  /** The bot's work until now, and what makes it do more. */
  prepare(scene: RaceScene): Promise<void>
}

export const AUTO = CONFIG.replace(
  'path: apps/web/overlays/staging\n',
  'path: apps/web/overlays/staging\n    merge: auto\n',
)

/** One for every kind of write, by its name at the port. */
export const SITUATIONS = {
  openChangeRequest: {
    change: {},
    prepare: async (s) => void (await s.push('First')),
  },
  updateChangeRequest: {
    change: {},
    async prepare(s) {
      await s.push('First')
      await s.bot.pass('acme/web')
      await s.push('Second')
    },
  },
  describeChangeRequest: {
    change: {},
    async prepare(s) {
      await s.push('First')
      await s.bot.pass('acme/web')
      await s.person.rename(1, 'Another title')
    },
  },
  mergeChangeRequest: {
    change: { config: AUTO },
    async prepare(s) {
      await s.push('First')
      await s.bot.pass('acme/web')
    },
  },
  closeChangeRequest: {
    change: {},
    async prepare(s) {
      const head = await s.push('First')
      await s.bot.pass('acme/web')
      await s.person.commit('main', { [STAGING]: kustomization(tagOf(head)) })
    },
  },
  deleteBranch: {
    change: {},
    async prepare(s) {
      await s.push('First')
      await s.bot.pass('acme/web')
      await s.person.merge(1)
      assert.notEqual(await s.headOf(s.manifests, BRANCH), null)
    },
  },
  commit: { change: { config: CONFIG_WITH_PREVIEWS }, prepare: (s) => s.propose('feature') },
  writeComment: { change: { config: CONFIG_WITH_PREVIEWS }, prepare: (s) => s.propose('feature') },
  writeReport: { change: {}, prepare: async (s) => void (await s.push('First')) },
} satisfies Record<string, Situation>

export type Write = keyof typeof SITUATIONS
export const WRITES = Object.keys(SITUATIONS) as Write[]
