import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Repository } from '../src/sandbox/model/types.ts'
import type { BenchOptions } from './options.ts'
import type { Cell, Section } from './report.ts'
import { median, quantile } from './stats.ts'
import { type Clone, openClone } from './world/clone.ts'
import { applicationFiles, manifestFiles, STAGING_FILE } from './world/files.ts'
import { APP, type BenchForge, startForge } from './world/forge.ts'
import { runScript, scriptName } from './world/script.ts'
import { startSupercargo } from './world/server.ts'

/** Added to every request to the forge, and to every webhook. */
export const LATENCY = 50

/** One way to bring a pushed commit into the manifests. */
interface Contender {
  who: string
  clone: Clone
  manifests: Repository
  /** Begins when the push has ended. */
  run(tag: string): Promise<void>
}

/** What one push took, in milliseconds. */
type Times = Map<string, number[]>

/** From the end of `git push` until the pull request is there with its commit. */
export async function measurePush(
  { sizes, repetitions }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const rows: Cell[][] = []
  for (const size of sizes) {
    progress(`push: a manifest repository of ${size} files, ${repetitions} pushes each`)
    const times = await timesOf(size, repetitions)
    const ours = median(times.get(SUPERCARGO) ?? [])
    for (const [who, each] of times) {
      const spread = [0, 0.25, 0.75, 1].map((share) => quantile(each, share))
      rows.push([size, who, median(each), ...spread, median(each) / ours])
    }
  }
  return {
    name: 'push',
    title: 'From push to pull request',
    figures: [
      {
        title: `Milliseconds from the end of "git push"; ${LATENCY} ms added to every HTTP request; ${repetitions} pushes each, in turn`,
        columns: ['files', 'by', 'median', 'min', '25 %', '75 %', 'max', 'median ×'],
        rows,
      },
    ],
    limits: [],
    notes: ['The script starts when the push has ended: a pipeline that must start first takes longer.'],
  }
}

const SUPERCARGO = 'Supercargo'

async function timesOf(size: number, repetitions: number): Promise<Times> {
  const forge = await startForge()
  const dataDir = mkdtempSync(join(tmpdir(), 'supercargo-bench-push-'))
  try {
    const contenders = [
      await supercargo(forge, size),
      await script(forge, size, 'full'),
      await script(forge, size, 'sparse'),
    ]
    const server = await startSupercargo(forge.api, dataDir)
    try {
      sendWebhooks(forge, `${server.origin}/webhooks/github`)
      await quiet(forge)
      return await race(forge, contenders, repetitions)
    } finally {
      forge.sandbox.setWebhook(null)
      await server.stop()
      for (const { clone } of contenders) await clone.remove()
    }
  } finally {
    await forge.close()
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** In turn, so that what else happens on the machine happens to all of them. The first round is not counted. */
async function race(forge: BenchForge, contenders: Contender[], repetitions: number): Promise<Times> {
  const times: Times = new Map(contenders.map(({ who }) => [who, []]))
  const { faults } = forge.sandbox.model
  for (let round = 0; round <= repetitions; round++) {
    for (const contender of contenders) {
      const { who, clone, manifests, run } = contender
      const tag = (await clone.commit()).slice(0, 7)
      faults.latencyMs = LATENCY
      await clone.push()
      const pushed = performance.now()
      const running = run(tag)
      const [number, branch] = await pullRequest(forge, manifests)
      const took = performance.now() - pushed
      await running
      faults.latencyMs = 0
      await assertTag(forge, manifests, branch, tag)
      await forge.rest('PUT', `/repos/${manifests.owner}/${manifests.name}/pulls/${number}/merge`, {})
      await quiet(forge)
      if (round > 0) times.get(who)?.push(took)
    }
  }
  return times
}

async function supercargo(forge: BenchForge, size: number): Promise<Contender> {
  const web = await forge.repository('web', applicationFiles('manifests', 'review'))
  const tag = (await forge.head(web)).slice(0, 7)
  const manifests = await forge.repository('manifests', manifestFiles(size, tag))
  return { who: SUPERCARGO, clone: await openClone(forge, web), manifests, run: async () => {} }
}

async function script(forge: BenchForge, size: number, how: 'full' | 'sparse'): Promise<Contender> {
  const web = await forge.repository(`web-of-${how}-script`, new Map([['README.md', '# web\n']]))
  const manifests = await forge.repository(`manifests-of-${how}-script`, manifestFiles(size, 'v0.0.0'))
  return {
    who: scriptName(how),
    clone: await openClone(forge, web),
    manifests,
    run: (tag) => runScript(forge, manifests, tag, how),
  }
}

/** Only about Supercargo's own repositories: it must not work while a script is measured. */
function sendWebhooks(forge: BenchForge, url: string): void {
  forge.sandbox.model.faults.webhook = (_event, { repository }) =>
    /-script$/.test((repository as { name: string }).name) ? 'drop' : { delayMs: LATENCY }
  forge.sandbox.setWebhook({ url, secret: APP.webhookSecret })
}

/** The number and the branch of the one open pull request, as soon as there is one. */
export async function pullRequest(forge: BenchForge, manifests: Repository): Promise<[number, string]> {
  const deadline = Date.now() + 120_000
  for (;;) {
    const [pull] = forge.openPulls(manifests)
    if (pull !== undefined) return [pull.number, pull.headBranch]
    if (Date.now() > deadline) throw new Error('There was no pull request within two minutes.')
    await sleep(1)
  }
}

export async function assertTag(
  forge: BenchForge,
  manifests: Repository,
  branch: string,
  tag: string,
): Promise<void> {
  const text = await forge.fileText(manifests, branch, STAGING_FILE)
  if (!text.includes(tag)) throw new Error(`The pull request does not have the tag ${tag}:\n${text}`)
}

/** Resolves when everything was sent and nobody has asked the forge for anything for a while. */
export async function quiet(forge: BenchForge): Promise<void> {
  const { log } = forge.sandbox.model.faults
  for (let seen = -1; seen !== log.length; ) {
    seen = log.length
    await forge.sandbox.deliveries.idle()
    await sleep(1_500)
  }
}
