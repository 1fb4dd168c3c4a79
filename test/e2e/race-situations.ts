import assert from 'node:assert/strict'
import { CONFIG, CONFIG_WITH_PREVIEWS, STAGING } from '../support/acme.ts'
import { commitFiles } from '../support/sandbox.ts'
import { BRANCH, type Scene, tagOf } from '../support/scene.ts'
import { kustomization } from '../support/world.ts'

/** What the engine is about to do in a scene that was prepared so. */
export interface Situation {
  change: { config?: string }
  /** The bot's work until now, and what makes it do more. */
  prepare(scene: Scene): Promise<void>
}

export const AUTO = CONFIG.replace(
  'path: apps/web/overlays/staging\n',
  'path: apps/web/overlays/staging\n    merge: auto\n',
)

async function openPullRequest(s: Scene): Promise<void> {
  await s.clone.git('switch', '--quiet', '-c', 'feature', 'origin/main')
  await s.push('A feature')
  await s.forge.rest('POST', '/repos/acme/web/pulls', { title: 'A', head: 'feature', base: 'main' })
}

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
      await s.forge.rest('PATCH', '/repos/acme/k8s-manifests/pulls/1', { title: 'Another title' })
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
      await commitFiles(s.forge, s.manifests, 'main', { [STAGING]: kustomization(tagOf(head)) })
    },
  },
  deleteBranch: {
    change: {},
    async prepare(s) {
      await s.push('First')
      await s.bot.pass('acme/web')
      await s.forge.rest('PUT', '/repos/acme/k8s-manifests/pulls/1/merge', { merge_method: 'squash' })
      assert.notEqual(await s.headOf(s.manifests, BRANCH), null)
    },
  },
  commit: { change: { config: CONFIG_WITH_PREVIEWS }, prepare: openPullRequest },
  writeComment: { change: { config: CONFIG_WITH_PREVIEWS }, prepare: openPullRequest },
  writeReport: { change: {}, prepare: async (s) => void (await s.push('First')) },
} satisfies Record<string, Situation>

export type Write = keyof typeof SITUATIONS
export const WRITES = Object.keys(SITUATIONS) as Write[]
