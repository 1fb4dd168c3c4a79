import type { Repository } from '../src/sandbox/model/types.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Limit, type Section } from './report.ts'
import { openClone } from './world/clone.ts'
import { startEngine } from './world/engine.ts'
import { applicationFiles, FIRST_TAG, manifestFiles } from './world/files.ts'
import { type BenchForge, startForge } from './world/forge.ts'
import { type HowToClone, runScript, scriptName } from './world/script.ts'

/** What one step has cost. */
interface Cost {
  manifest: number
  application: number
  /** Looking up the installation, and tokens: once in 55 minutes for each repository. */
  tokens: number
  /** Bytes of bodies that were read from the manifest repository. */
  bytes: number
}

interface Step {
  what: string
  who: string
  cost: Cost
}

const COLUMNS = [
  'files',
  'what',
  'by',
  'requests to manifests',
  'to application',
  'for tokens',
  'kB read from manifests',
]

/** Counts requests; no figure depends on the machine. */
export async function measureCost(
  { sizes }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const measured: { size: number; steps: Step[] }[] = []
  for (const size of sizes) {
    progress(`cost: a manifest repository of ${size} files`)
    measured.push({ size, steps: await stepsOf(size) })
  }
  const rows = measured.flatMap(({ size, steps }) =>
    steps.map(({ what, who, cost }): Cell[] => [
      size,
      what,
      who,
      cost.manifest,
      cost.application,
      cost.tokens,
      cost.bytes / 1000,
    ]),
  )
  return {
    name: 'cost',
    title: 'What one pass costs',
    figures: [
      { title: "HTTP requests, counted by the forge's log", columns: COLUMNS, rows },
      {
        title: 'What the script costs, as a multiple of what Supercargo does',
        columns: ['files', 'what', 'by', 'requests to manifests ×', 'read from manifests ×'],
        rows: measured.flatMap(({ size, steps }) => ratiosOf(size, steps)),
      },
    ],
    limits: [...measured.flatMap(({ size, steps }) => limitsOf(size, steps)), growth(measured)],
    notes: [
      'The script has no pass without a change: to see that nothing has changed, it clones.',
      "The script's bytes are everything that the forge sent, headers included; Supercargo's are the bodies.",
    ],
  }
}

function ratiosOf(size: number, steps: Step[]): Cell[][] {
  return steps
    .filter(({ who }) => who !== BOT)
    .map(({ what, who, cost }) => {
      const ours = steps.filter((step) => step.who === BOT && step.what.startsWith(what)).at(-1)?.cost
      return [size, what, who, cost.manifest / (ours?.manifest ?? 0), cost.bytes / (ours?.bytes ?? 0)]
    })
}

function limitsOf(size: number, steps: Step[]): Limit[] {
  return steps
    .filter(({ who }) => who === BOT)
    .flatMap(({ what, cost }) => {
      const most = what.startsWith(NEW) ? 2 : what.startsWith(UNCHANGED) ? 1 : null
      if (most === null) return []
      return [atMost(`${what}, ${size} files`, most, cost.manifest, 'requests to manifests', true)]
    })
}

/** Of every step the bytes at the last size by those at the first one; the largest of these. */
function growth(measured: { steps: Step[] }[]): Limit {
  const bytesOf = (steps: Step[] = []) => steps.filter(({ who }) => who === BOT).map(({ cost }) => cost.bytes)
  const first = bytesOf(measured[0]?.steps)
  const last = bytesOf(measured.at(-1)?.steps)
  const most = Math.max(...last.map((bytes, index) => bytes / (first[index] ?? 0)))
  return atMost('growth of the bytes read, from the first size to the last', 1.1, most, '×', true)
}

const BOT = 'Supercargo'
const NEW = 'new change request'
const UNCHANGED = 'nothing has changed'

async function stepsOf(size: number): Promise<Step[]> {
  const forge = await startForge()
  try {
    return [
      ...(await botReviewed(forge, size)),
      ...(await botMerges(forge, size)),
      ...(await script(forge, size, 'full')),
      ...(await script(forge, size, 'sparse')),
    ]
  } finally {
    await forge.close()
  }
}

async function botReviewed(forge: BenchForge, size: number): Promise<Step[]> {
  const web = await forge.repository('web', applicationFiles('manifests', 'review'))
  const tag = (await forge.head(web)).slice(0, 7)
  const manifests = await forge.repository('manifests', manifestFiles(size, tag))
  const clone = await openClone(forge, web)
  const steps: Step[] = []
  let bot = startEngine(forge)
  const step = async (what: string) => {
    const cost = await costOf(forge, manifests, () => bot('acme/web'))
    steps.push({ what, who: BOT, cost })
  }
  await clone.pushCommit()
  await step(`${NEW}, first pass after a start`)
  await step(`${UNCHANGED}, a change request is open`)
  bot = startEngine(forge)
  await step(`${UNCHANGED}, first pass after a start`)
  await clone.pushCommit()
  await step('update of the open change request')
  await step(`${UNCHANGED} since the update`)
  const [open] = forge.openPulls(manifests)
  await forge.rest('PUT', `/repos/acme/manifests/pulls/${open?.number}/merge`, {})
  await step('a person has merged it')
  await step(`${UNCHANGED}, no change request is open`)
  await clone.pushCommit()
  await step(NEW)
  await clone.remove()
  return steps
}

async function botMerges(forge: BenchForge, size: number): Promise<Step[]> {
  const web = await forge.repository('web-auto', applicationFiles('manifests-auto', 'auto'))
  const tag = (await forge.head(web)).slice(0, 7)
  const manifests = await forge.repository('manifests-auto', manifestFiles(size, tag))
  const clone = await openClone(forge, web)
  await clone.pushCommit()
  await clone.remove()
  const bot = startEngine(forge)
  await bot(`${web.owner}/${web.name}`)
  const cost = await costOf(forge, manifests, () => bot('acme/web-auto'))
  const [open] = forge.openPulls(manifests)
  if (open !== undefined) throw new Error('The change request was not merged.')
  return [{ what: 'merge by the bot (merge: auto)', who: BOT, cost }]
}

async function script(forge: BenchForge, size: number, how: HowToClone): Promise<Step[]> {
  const manifests = await forge.repository(`manifests-${how}`, manifestFiles(size, FIRST_TAG))
  const steps: Step[] = []
  // The tag that is there already changes nothing.
  for (const [what, tag] of [
    [UNCHANGED, FIRST_TAG],
    [NEW, 'abcdef0'],
  ] as const) {
    const before = forge.bytesSent()
    const cost = await costOf(forge, manifests, () => runScript(forge, manifests, tag, how))
    steps.push({ what, who: scriptName(how), cost: { ...cost, bytes: forge.bytesSent() - before } })
  }
  if (forge.openPulls(manifests).length !== 1) throw new Error('The script did not do what it should.')
  return steps
}

async function costOf(forge: BenchForge, manifests: Repository, work: () => Promise<unknown>): Promise<Cost> {
  const { log } = forge.sandbox.model.faults
  const path = `${manifests.owner}/${manifests.name}`.toLowerCase()
  const from = log.length
  await work()
  const seen = log.slice(from)
  const tokens = seen.filter((request) => /\/installation$|\/access_tokens$/.test(request.path))
  const others = seen.filter((request) => !tokens.includes(request))
  const unknown = others.find(({ repository }) => repository === null)
  if (unknown !== undefined) throw new Error(`${unknown.method} ${unknown.path} is about no repository.`)
  const manifest = others.filter(({ repository }) => repository?.toLowerCase() === path)
  return {
    manifest: manifest.length,
    application: others.length - manifest.length,
    tokens: tokens.length,
    bytes: manifest.reduce((sum, { responseBytes }) => sum + responseBytes, 0),
  }
}
