import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type Connections, meaningOf, webhookDoors } from '../../src/compose/connections.ts'
import type { RegistrySettings } from '../../src/doors/registry-settings.ts'
import { createHandlers } from '../../src/reconcile/handlers.ts'
import { startServer } from '../../src/web/server.ts'
import { webhookRoutes } from '../../src/web/webhook.ts'
import { freePort } from '../doors/support.ts'
import { embeddedMode, silent } from '../store/worlds.ts'
import { CONFIG } from '../support/acme.ts'
import { eventually } from '../support/eventually.ts'
import { NO_SWEEP } from '../support/no-store.ts'
import { skipWithoutRegistry, startRegistry, type TestRegistry } from '../support/registry.ts'
import { scene } from '../support/scene.ts'

const SECRET = '9c1185a5c5e9fc54612808977ee8f548'
const WORK = { concurrency: 2, sweepSeconds: 3600 }

function connectionsTo(registry: TestRegistry, name: string): Connections {
  const settings: RegistrySettings = {
    name,
    host: registry.host,
    url: registry.url,
    auth: { kind: 'anonymous' },
    tokenServer: null,
    ca: null,
    webhook: { format: 'distribution', secrets: [SECRET], audience: null, email: null },
    scanner: null,
    retag: [],
  }
  return { github: null, gitlab: [], registries: [settings] }
}

/** Debian's registry, which announces to `path` of a server that is not there yet. */
async function registryThatAnnounces(context: TestContext, path: string, secret = SECRET) {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}${path}`
  const registry = await startRegistry({
    notifications: { url, headers: { Authorization: `Bearer ${secret}` } },
  })
  context.after(() => registry.close())
  return { registry, port }
}

/** A store and a server with the doors of these connections; the passes are only counted. */
async function startOn(context: TestContext, port: number, connections: Connections) {
  const mode = embeddedMode()
  const world = await mode.world()
  const store = await world.open()
  const server = await startServer({ host: '127.0.0.1', port, log: silent })
  context.after(async () => {
    await server.stop(0)
    await store.close()
    await mode.close()
  })
  let requests = 0
  const accept: typeof store.acceptDelivery = (delivery) => store.acceptDelivery(delivery)
  for (const door of webhookDoors(connections)) {
    const read: typeof door.read = (...request) => {
      requests++
      return door.read(...request)
    }
    server.add(webhookRoutes({ ...door, read, accept, log: silent }))
  }
  return { store, requests: () => requests }
}

test('what is pushed to a real registry leads to a look at the applications that use it', {
  skip: skipWithoutRegistry(),
}, async (context) => {
  const { registry, port } = await registryThatAnnounces(context, '/webhooks/registry/local')
  const connections = connectionsTo(registry, 'local')
  await scene(
    async (s) => {
      const { store } = await startOn(context, port, connections)
      const { forges, registry: asked, log, now } = s.bot.dependencies
      const handlers = createHandlers({
        forges,
        registry: asked,
        log,
        now,
        store,
        meaning: meaningOf(connections),
        ...NO_SWEEP,
      })
      await handlers.reconcile('github:acme/web', { attempt: 1, signal: new AbortController().signal })
      const looked: string[] = []
      const reconcile = async (key: string) => {
        looked.push(key)
        return { kind: 'done' as const }
      }
      await store.work({ ...handlers, reconcile, sweep: async () => [] }, WORK)

      await registry.pushImage('acme/web', '1.2.3')
      await eventually('the application is looked at', () => looked.length > 0)
      await registry.pushImage('other/api', 'latest')
      const outcomes = async () => (await store.listDeliveries(100)).map(({ outcome }) => outcome)
      const wanted = [
        `Announces ${registry.host}/acme/web: tag 1.2.3 was pushed. Looks at github:acme/web.`,
        `Announces ${registry.host}/other/api: tag latest was pushed. No app uses ${registry.host}/other/api.`,
      ]
      await eventually('both are told', async () => {
        const told = await outcomes()
        return wanted.every((outcome) => told.includes(outcome))
      })
      assert.deepEqual([...new Set(looked)], ['github:acme/web'])
      const others = (await outcomes()).filter((outcome) => outcome !== null && !wanted.includes(outcome))
      assert.ok(others.length > 0)
      for (const outcome of others) {
        assert.match(
          outcome ?? '',
          /^Not wanted: (a part of an image was pushed|nothing was pushed \(\w+\))\.$/,
        )
      }
    },
    { config: CONFIG.replaceAll('ghcr.io', registry.host) },
  )
})

test('a real registry with a wrong secret is heard by nobody', {
  skip: skipWithoutRegistry(),
}, async (context) => {
  const { registry, port } = await registryThatAnnounces(context, '/webhooks/registry/local', `${SECRET}x`)
  const { store, requests } = await startOn(context, port, connectionsTo(registry, 'local'))
  await registry.pushImage('acme/web', '1.2.3')
  await eventually('it was refused', () => requests() > 0)
  assert.deepEqual(await store.listDeliveries(10), [])
})
