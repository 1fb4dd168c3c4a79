import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { IMAGE, NEW_TAG, writeCorpus } from './edit/corpus.ts'
import { runNode, runShell, type Usage } from './edit/run.ts'
import type { BenchOptions } from './options.ts'
import { atMost, type Cell, type Limit, type Section } from './report.ts'
import { median } from './stats.ts'
import { memoryDirectory } from './world/memory-directory.ts'

const KUSTOMIZE = '.cache/kustomize/usr/bin/kustomize'
/** Our command is short, and one run of it says little: the median of so many counts. */
const RUNS = 5
/** Twenty times faster. */
const SHARE = 5

interface Measured {
  who: string
  usage: Usage
  /** Without starting, reading and writing; null where that cannot be told apart. */
  editing: { cpu: number; wall: number } | null
}

/** One image in one file of each directory of a large manifest repository. */
export async function measureEdit(
  { manifests }: BenchOptions,
  progress: (text: string) => void,
): Promise<Section> {
  const inMemory = memoryDirectory()
  const root = mkdtempSync(join(inMemory ?? tmpdir(), 'supercargo-bench-edit-'))
  const original = join(root, 'original')
  try {
    progress(`edit: ${manifests} manifests`)
    const corpus = writeCorpus(original, manifests)
    const measured: Measured[] = []
    const notes = [
      `${OURS}: the median of ${RUNS} runs; the others once.`,
      inMemory === null
        ? 'The files are on the disk of the temporary files, whose file system is measured, too.'
        : 'The files are on a file system in memory, because no disk is what is measured.',
    ]
    const measure = (who: string, how: (directory: string) => Omit<Measured, 'who'>, times = 1) => {
      progress(`edit: ${who}`)
      const runs: Measured[] = []
      for (let run = 0; run < times; run++) {
        const directory = join(root, String(measured.length))
        cpSync(original, directory, { recursive: true })
        runs.push({ who, ...how(directory) })
        expectEdited(directory, corpus.directories)
        rmSync(directory, { recursive: true })
      }
      measured.push(medianOf(runs))
    }
    const ours = (directory: string) => ({
      usage: runNode(['dist/cli/main.js', 'set-image', directory, `${IMAGE}=${NEW_TAG}`]),
      editing: JSON.parse(runNode(['bench/edit/editing.mjs', original, IMAGE, NEW_TAG]).stdout),
    })
    measure(OURS, ours, RUNS)
    measure(YAML, (directory) => parseAndPrint(directory, []))
    measure(`${YAML}, only files that hold the name`, (directory) => parseAndPrint(directory, ['--naming']))
    if (existsSync(KUSTOMIZE)) measure('kustomize edit set image, in a loop', kustomizeLoop)
    else notes.push('Not measured: kustomize, which test/support/install-kustomize.sh installs.')
    const yq = ['yq-go', 'yq'].find((name) =>
      spawnSync(name, ['--version'], { encoding: 'utf8' }).stdout?.includes('mikefarah'),
    )
    if (yq === undefined) notes.push('Not measured: yq-go, which is not installed.')
    else measure('yq-go, once for each file', (directory) => yqLoop(yq, directory))

    const { stdout } = runNode(['bench/edit/editing.mjs', original, IMAGE, NEW_TAG, '--count'])
    const { parsed } = JSON.parse(stdout) as { parsed: number }
    return {
      name: 'edit',
      title: 'Editing manifests',
      figures: [
        {
          title: `${IMAGE} in ${corpus.directories} of ${corpus.files} files (${Math.round(corpus.bytes / 1e6)} MB)`,
          columns: ['by', 'CPU s', 'clock s', 'CPU ×', 'editing alone, CPU s', 'CPU ×', 'peak MB'],
          rows: measured.map((each) => rowOf(each, measured[0])),
        },
      ],
      limits: [
        ...limitsOf(measured),
        atMost(
          'documents parsed: to find the image, and to prove the edit',
          2 * corpus.directories,
          parsed,
          'documents',
          true,
        ),
      ],
      notes,
    }
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Of each figure on its own, but for the output. */
function medianOf(runs: Measured[]): Measured {
  const [first] = runs
  if (first === undefined) throw new Error('Nothing was measured.')
  const usages = runs.map(({ usage }) => usage)
  const editings = runs.flatMap(({ editing }) => editing ?? [])
  const peaks = usages.flatMap(({ peak }) => peak ?? [])
  return {
    who: first.who,
    usage: {
      ...first.usage,
      cpu: median(usages.map(({ cpu }) => cpu)),
      wall: median(usages.map(({ wall }) => wall)),
      peak: peaks.length === 0 ? null : median(peaks),
    },
    editing:
      editings.length === 0
        ? null
        : { cpu: median(editings.map(({ cpu }) => cpu)), wall: median(editings.map(({ wall }) => wall)) },
  }
}

const OURS = 'supercargo set-image'
const YAML = 'parse and print with yaml'

function parseAndPrint(directory: string, more: string[]): Omit<Measured, 'who'> {
  const usage = runNode(['bench/alternatives/parse-and-print.mjs', directory, IMAGE, NEW_TAG, ...more])
  return { usage, editing: JSON.parse(usage.stdout) }
}

function kustomizeLoop(directory: string): Omit<Measured, 'who'> {
  const script =
    'kustomize=$1; image=$2; shift 2; for each; do cd "$each"; "$kustomize" edit set image "$image"; done'
  const args = [resolve(KUSTOMIZE), `${IMAGE}:${NEW_TAG}`, ...kustomizationsOf(directory).map(dirname)]
  return { usage: runShell(script, args), editing: null }
}

/** It writes what it reads into the first of its files, and so takes one at a time. */
function yqLoop(yq: string, directory: string): Omit<Measured, 'who'> {
  const expression = `(.images[]? | select(.name == "${IMAGE}") | .newTag) = "${NEW_TAG}"`
  const script = 'cd "$1"; find . -name "*.yaml" -print0 | xargs -0 -n 1 "$2" -i "$3"'
  return { usage: runShell(script, [directory, yq, expression]), editing: null }
}

/** Fails where not all was done: such a figure would say nothing. */
function expectEdited(directory: string, count: number): void {
  const files = kustomizationsOf(directory)
  const grep = spawnSync('grep', ['-lF', NEW_TAG, ...files], { encoding: 'utf8' })
  const edited = grep.stdout.split('\n').filter(Boolean).length
  if (edited !== count) throw new Error(`${edited} of ${count} files were edited.`)
}

function kustomizationsOf(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('kustomization.yaml'))
    .map((path) => join(directory, path))
}

function rowOf({ who, usage, editing }: Measured, ours: Measured | undefined): Cell[] {
  const times = (value: number | undefined, base: number | undefined) =>
    value === undefined || base === undefined ? null : value / base
  return [
    who,
    usage.cpu,
    usage.wall,
    times(usage.cpu, ours?.usage.cpu),
    editing?.cpu ?? null,
    times(editing?.cpu, ours?.editing?.cpu),
    usage.peak,
  ]
}

/** Where the editing can be told apart, it is compared, else all that the programs do. */
function limitsOf(measured: Measured[]): Limit[] {
  const [ours] = measured
  if (ours === undefined) return []
  const shares = measured
    .filter(({ who }) => who !== OURS && !who.includes('only'))
    .map(({ who, usage, editing }) => {
      const share =
        editing === null ? ours.usage.cpu / usage.cpu : (ours.editing?.cpu ?? Number.NaN) / editing.cpu
      const what = editing === null ? 'CPU of the command' : 'CPU of the editing'
      return atMost(`${what}, as a share of: ${who}`, SHARE, share * 100, '%')
    })
  return [...shares, atMost('memory', 300, ours.usage.peak ?? Number.NaN, 'MB')]
}
