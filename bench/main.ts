import { measureAck } from './ack.ts'
import { measureAnnounce } from './announce.ts'
import { measureCost } from './cost.ts'
import { measureEdit } from './edit.ts'
import { describeMachine, machineText } from './machine.ts'
import { measureMemory } from './memory.ts'
import { type BenchOptions, readOptions, type SectionName, USAGE } from './options.ts'
import { measurePush } from './push.ts'
import { type Section, sectionText } from './report.ts'
import { measureSweep } from './sweep.ts'
import { buildServer } from './world/server.ts'

// `npm run bench`: see docs/benchmarks.md.

const MEASURES: Record<SectionName, (options: BenchOptions, progress: Progress) => Promise<Section>> = {
  cost: measureCost,
  push: measurePush,
  announce: measureAnnounce,
  ack: measureAck,
  memory: measureMemory,
  edit: measureEdit,
  sweep: measureSweep,
}

/** Tells whoever waits what is being measured. */
type Progress = (text: string) => void

const options = read()
const progress: Progress = (text) => process.stderr.write(`${text}\n`)
if (options.sections.some((name) => name !== 'cost' && name !== 'sweep')) buildServer()

const before = describeMachine()
const sections: Section[] = []
for (const name of options.sections) {
  const section = await MEASURES[name](options, progress)
  sections.push(section)
  if (!options.json) process.stdout.write(`\n${sectionText(section)}\n`)
}
const after = describeMachine()
if (options.json) process.stdout.write(`${JSON.stringify({ before, after, sections }, null, 2)}\n`)
else process.stdout.write(`\nBefore: ${machineText(before)}\nAfter:  ${machineText(after)}\n`)
const broken = sections.flatMap(({ limits }) => limits).filter(({ met, counted }) => counted && !met)
process.exit(broken.length === 0 ? 0 : 1)

function read(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`)
    return process.exit(64)
  }
}
