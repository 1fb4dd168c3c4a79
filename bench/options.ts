import { parseArgs } from 'node:util'

export const SECTIONS = ['cost', 'push', 'announce', 'ack', 'memory', 'edit', 'sweep'] as const
export type SectionName = (typeof SECTIONS)[number]

export interface BenchOptions {
  sections: SectionName[]
  json: boolean
  /** Files of the manifest repositories. */
  sizes: number[]
  /** Files of the section `edit`. */
  manifests: number
  /** Apps of the section `sweep`, from 100. */
  apps: number
  /** Of each push, after one that is not counted. */
  repetitions: number
  /** Deliveries per second, and for how long. */
  rate: number
  seconds: number
  /** Seconds until the memory of an idle process is read. */
  idle: number
  /** Where the server of the section `ack` writes a CPU profile; null: nowhere. */
  profile: string | null
}

export const USAGE = `npm run bench -- [${SECTIONS.join('] [')}] [--json] [--sizes 10,1000,50000] [--manifests 10000] [--apps 200]
  [--repetitions 9] [--rate 500] [--seconds 30] [--idle 45] [--profile DIRECTORY]
`

/** Reads the command line. Throws a message for people. */
export function readOptions(args: string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      sizes: { type: 'string', default: '10,1000,50000' },
      manifests: { type: 'string', default: '10000' },
      apps: { type: 'string', default: '200' },
      repetitions: { type: 'string', default: '9' },
      rate: { type: 'string', default: '500' },
      seconds: { type: 'string', default: '30' },
      idle: { type: 'string', default: '45' },
      profile: { type: 'string' },
    },
  })
  const wrong = positionals.find((name) => !isSection(name))
  if (wrong !== undefined) throw new Error(`There is no section "${wrong}".`)
  const named = positionals.filter(isSection)
  return {
    sections: named.length === 0 ? [...SECTIONS] : named,
    json: values.json,
    sizes: values.sizes.split(',').map((size) => whole('sizes', size, 10)),
    manifests: whole('manifests', values.manifests, 20),
    apps: whole('apps', values.apps, 100),
    repetitions: whole('repetitions', values.repetitions, 1),
    rate: whole('rate', values.rate, 1),
    seconds: whole('seconds', values.seconds, 1),
    idle: whole('idle', values.idle, 1),
    profile: values.profile ?? null,
  }
}

function isSection(name: string): name is SectionName {
  return SECTIONS.some((section) => section === name)
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`--${name} takes whole numbers from ${least}, and "${text}" is none.`)
}
