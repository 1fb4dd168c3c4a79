import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { skipWithoutRegistry, startRegistry } from '../test/support/registry.ts'
import type { BenchOptions } from './options.ts'
import { assertTag, LATENCY, pullRequest, quiet } from './push.ts'
import { atMost, type Section } from './report.ts'
import { median, quantile } from './stats.ts'
import { openClone } from './world/clone.ts'
import { applicationFiles, manifestFiles } from './world/files.ts'
import { APP, startForge } from './world/forge.ts'
import { freePort, startSupercargo } from './world/server.ts'

const FILES = 1000
const SECRET = '4c1f3a0f0b5d4e7f9a1d2c3b4a596877'
/** From the push of an image to its change request, in milliseconds. */
const LIMIT = 2000

/** From the push of an image to a real registry, which announces it, until the pull request of its commit is there. */
export async function measureAnnounce(
  { repetitions }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const title = 'From the image to the pull request'
  const skipped = skipWithoutRegistry()
  if (skipped !== false) {
    return { name: 'announce', title, figures: [], limits: [], notes: [`Not measured: ${skipped}.`] }
  }
  progress(`announce: ${repetitions} images`)
  const times = await timesOf(repetitions)
  const spread = [0, 0.25, 0.75, 1].map((share) => quantile(times, share))
  return {
    name: 'announce',
    title,
    figures: [
      {
        title: `Milliseconds from the first byte of the image; ${LATENCY} ms added to every request to the forge; ${FILES} files`,
        columns: ['images', 'median', 'min', '25 %', '75 %', 'max'],
        rows: [[repetitions, median(times), ...spread]],
      },
    ],
    limits: [atMost('the median', LIMIT, median(times), 'ms')],
    notes: ["The registry is Debian's docker-registry; what it announces is sent without added latency."],
  }
}

async function timesOf(repetitions: number): Promise<number[]> {
  const port = await freePort()
  const notifications = {
    url: `http://127.0.0.1:${port}/webhooks/registry/local`,
    headers: { Authorization: `Bearer ${SECRET}` },
  }
  const registry = await startRegistry({ notifications })
  const forge = await startForge()
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-bench-announce-'))
  // it plays the registry that the manifests name
  const environment = {
    REGISTRIES: 'local',
    REGISTRY_LOCAL_HOST: 'ghcr.io',
    REGISTRY_LOCAL_URL: registry.url,
    REGISTRY_LOCAL_AUTH: 'anonymous',
    REGISTRY_LOCAL_WEBHOOK: 'distribution',
    REGISTRY_LOCAL_WEBHOOK_SECRET: SECRET,
  }
  try {
    const files = [...applicationFiles('manifests', 'review')].map(
      ([path, text]) => [path, text.replace('ready: commit\n', '')] as const,
    )
    const web = await forge.repository('web', new Map(files))
    const first = (await forge.head(web)).slice(0, 7)
    await registry.pushImage('acme/web', first)
    const manifests = await forge.repository('manifests', manifestFiles(FILES, first))
    const clone = await openClone(forge, web)
    const server = await startSupercargo(forge.api, dataDir, { environment, port })
    const { faults } = forge.sandbox.model
    const times: number[] = []
    try {
      forge.sandbox.setWebhook({ url: `${server.origin}/webhooks/github`, secret: APP.webhookSecret })
      for (let round = 0; round <= repetitions; round++) {
        const tag = (await clone.pushCommit()).slice(0, 7)
        await quiet(forge)
        faults.latencyMs = LATENCY
        const pushed = performance.now()
        await registry.pushImage('acme/web', tag)
        const [number, branch] = await pullRequest(forge, manifests)
        const took = performance.now() - pushed
        faults.latencyMs = 0
        await assertTag(forge, manifests, branch, tag)
        await forge.rest('PUT', `/repos/acme/manifests/pulls/${number}/merge`, {})
        await quiet(forge)
        if (round > 0) times.push(took)
      }
      return times
    } finally {
      forge.sandbox.setWebhook(null)
      await server.stop()
      await clone.remove()
    }
  } finally {
    await forge.close()
    await registry.close()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}
