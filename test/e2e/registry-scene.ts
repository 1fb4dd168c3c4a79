import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyStore } from '../support/embedded-store.ts'
import { eventually } from '../support/eventually.ts'
import type { RequestView } from '../support/people.ts'
import { startRegistry, type TestRegistry } from '../support/registry.ts'
import { freePort, type ServerProcess, startServerProcess } from '../support/server-process.ts'
import { MANIFESTS, type Play, SOURCE, type Stage } from '../support/stage.ts'

const SECRET = '4c1f3a0f0b5d4e7f9a1d2c3b4a596877'

/** What is announced must be there much sooner than anybody looks again by himself (15 s). */
const SOON = 10_000

/** An application on a forge, a registry that announces, and the server that hears both. */
export interface Running extends Stage {
  registry: TestRegistry
  server: ServerProcess
  /** Where the server takes announcements, and what it wants to be shown. */
  door: { url: string; headers: Record<string, string> }
  /** What the bot says of a commit, once it says this. */
  told(commit: string, what: RegExp): Promise<string>
  /** The change request of an environment with this tag in its title, once it is there. */
  proposed(environment: string, tag: string): Promise<RequestView>
  /** Outcomes of deliveries, as the page of the server shows them. */
  page(): Promise<string>
}

export interface RegistryScene {
  /** Given the host that images are named by. */
  config(host: string): string
  manifests(host: string): Record<string, string>
  /** More about the registry: what stands after `REGISTRY_LOCAL_`. */
  settings?(registry: TestRegistry): Promise<{ host: string; variables: Record<string, string> }>
}

/** Runs the real server on a stage; when it ends, the server must end well. @param build from `buildServer` */
export async function serveStage(
  stage: Play,
  build: string,
  scene: RegistryScene,
  play: (s: Running) => Promise<void>,
): Promise<void> {
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const door = {
    url: `${origin}/webhooks/registry/local`,
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
  }
  const notifications = { url: door.url, headers: { Authorization: `Bearer ${SECRET}` } }
  const registry = await startRegistry({ notifications })
  try {
    const plain = { host: registry.host, variables: {} }
    const { host, variables } = (await scene.settings?.(registry)) ?? plain
    const settings: Record<string, string> = {
      HOST: host,
      URL: `http://${host}`,
      WEBHOOK: 'distribution',
      WEBHOOK_SECRET: SECRET,
      ...variables,
    }
    const named = Object.entries(settings).map(([name, value]) => [`REGISTRY_LOCAL_${name}`, value])
    const policy = `accept:\n  - { from: acme/web, paths: "**", images: "${host}/**" }\n`
    await stage(
      async (s) => {
        const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-server-'))
        await copyStore(dataDir)
        const environment = { ...s.source.environment, REGISTRIES: 'local', ...Object.fromEntries(named) }
        const server = startServerProcess({ build, port, dataDir, environment, sweepSeconds: 86_400 })
        try {
          await server.ready()
          s.source.announceTo(origin, 'acme')
          await play({ ...s, ...watch(s, origin), registry, server, door })
        } finally {
          await server.kill('SIGTERM')
          rmSync(dataDir, { recursive: true, force: true })
        }
        assert.equal(server.exitCode(), 0, server.lines.slice(-20).join('\n'))
      },
      { config: scene.config(host), policy, manifests: scene.manifests(host) },
    )
  } finally {
    await registry.close()
  }
}

function watch(s: Stage, origin: string): Pick<Running, 'told' | 'proposed' | 'page'> {
  return {
    async told(commit, what) {
      let last = ''
      const says = async () => {
        last = (await s.source.report(SOURCE, commit)).text
        return what.test(last)
      }
      await eventually(`the report of ${commit} says ${what}`, says, SOON).catch((error: Error) => {
        throw new Error(`${error.message}\nIt says:\n${last}`)
      })
      return last
    },
    proposed: async (environment, tag) =>
      await eventually(
        `a change request of ${environment} for ${tag}`,
        async () =>
          (await s.target.requests(MANIFESTS)).find(
            ({ branch, title, state }) =>
              branch === `supercargo/web/${environment}` && state === 'open' && title.includes(tag),
          ),
        SOON,
      ),
    page: async () => await (await fetch(`${origin}/`)).text(),
  }
}
