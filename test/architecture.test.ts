import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'

/** The port to a forge, in parts. */
const FORGE_PORT = [
  'forge/forge.ts',
  'forge/checks.ts',
  'forge/feedback.ts',
  'forge/glance.ts',
  'forge/people.ts',
  'forge/state.ts',
]

/** What each room may import, besides itself. A file name stands for that one file: a port. */
const ROOMS: Record<string, string[]> = {
  domain: [],
  config: ['domain'],
  edit: ['domain'],
  command: ['domain'],
  // What people have told the bot, as files of its own branch.
  state: ['domain', 'forge/state.ts'],
  'forge/checks.ts': ['domain'],
  'forge/feedback.ts': ['domain'],
  'forge/glance.ts': ['domain'],
  'forge/people.ts': ['domain'],
  'forge/state.ts': ['domain'],
  'forge/forge.ts': [
    'forge/checks.ts',
    'forge/feedback.ts',
    'forge/glance.ts',
    'forge/people.ts',
    'forge/state.ts',
    'domain',
  ],
  'registry/registry.ts': ['domain'],
  'store/store.ts': ['domain'],
  'probe/probe.ts': [],
  plan: [
    'config',
    'command',
    'edit',
    'state',
    'domain',
    ...FORGE_PORT,
    'registry/registry.ts',
    'probe/probe.ts',
  ],
  // What adapters of HTTP services share, of whatever kind.
  net: [],
  // What the adapters of forges share; it speaks to no forge in particular.
  'forge/shared': ['forge/forge.ts', 'forge/checks.ts', 'domain'],
  'forge/github': ['forge/shared', ...FORGE_PORT, 'domain'],
  'forge/gitlab': ['forge/shared', ...FORGE_PORT, 'net', 'domain'],
  'registry/oci': ['registry/registry.ts', 'net', 'domain'],
  'registry/credentials': ['registry/oci', 'domain'],
  'registry/harbor': ['registry/oci', 'registry/registry.ts', 'domain'],
  'registry/sigstore': ['registry/registry.ts', 'domain'],
  store: ['store/store.ts', 'domain'],
  probe: ['probe/probe.ts', 'domain'],
  reconcile: [
    'plan',
    'config',
    'edit',
    'command',
    'state',
    'domain',
    'forge/forge.ts',
    'forge/feedback.ts',
    'forge/people.ts',
    'forge/state.ts',
    'registry/registry.ts',
    'probe/probe.ts',
    'store/store.ts',
  ],
  intake: ['command', 'store/store.ts', 'forge/forge.ts', 'domain'],
  web: ['plan', 'store/store.ts', 'config', 'domain'],
  sandbox: ['domain'],
  compose: ['*'],
  'compose.ts': ['*'],
  // What the doors share: settings out of an environment, the log, signals, exit codes.
  doors: ['intake', 'domain'],
  'index.ts': ['compose.ts', 'doors'],
  'main.ts': ['compose.ts', 'doors'],
  cli: ['compose.ts', 'doors', 'config', 'domain', 'plan', 'edit'],
}

/** Packages that only these rooms or files may import. */
const FENCES: [RegExp, string[]][] = [
  [
    /^(@octokit\/(?!graphql-schema)|octokit$|probot$)/,
    ['forge/github', 'intake/github.ts', 'index.ts', 'compose.ts'],
  ],
  [/^@gitbeaker\//, ['forge/gitlab']],
  [/^(pg|graphile-worker|@electric-sql\/pglite)$/, ['store']],
  [/^yaml$/, ['edit', 'config']],
  [/^re2js$/, ['domain/pattern.ts']],
  [/^(@aws-sdk\/|google-auth-library$)/, ['registry/credentials']],
  [/^@sigstore\//, ['registry/sigstore']],
  [/^@kubernetes\//, ['cli/previews/cluster.ts']],
]

/** No clock, no randomness, no timers, no I/O: the rooms whose functions are pure. */
const PURE = ['domain', 'config', 'edit', 'command', 'state', 'plan']
const IMPURE =
  /\basync\b|\bawait\b|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bsetTimeout\b|\bsetInterval\b|\bfetch\(/
const DOORS = ['index.ts', 'main.ts', 'cli']

interface Source {
  file: string
  text: string
  imports: string[]
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => {
    const text = readFileSync(join('src', file), 'utf8')
    const imports = [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(
      (match) => match[1] ?? '',
    )
    return { file, text: stripComments(text), imports }
  })

test('every file stands in a room', () => {
  assert.deepEqual(
    sources.filter(({ file }) => roomOf(file) === undefined).map(({ file }) => file),
    [],
  )
})

test('imports point downwards only, and rooms of one level never import each other', () => {
  const wrong = sources.flatMap(({ file, imports }) =>
    imports
      .filter((specifier) => specifier.startsWith('.'))
      .map((specifier) => normalize(join(dirname(file), specifier)).replaceAll('\\', '/'))
      .filter((target) => !mayImport(file, target))
      .map((target) => `${file} imports ${target}`),
  )
  assert.deepEqual(wrong, [])
})

test('each foreign package stays behind its fence', () => {
  const wrong = sources.flatMap(({ file, imports }) =>
    imports.flatMap((specifier) =>
      FENCES.filter(([fence, rooms]) => fence.test(specifier) && !isIn(file, rooms)).map(
        () => `${file} imports ${specifier}`,
      ),
    ),
  )
  assert.deepEqual(wrong, [])
})

test('the pure rooms have no clock, randomness, timers or promises', () => {
  const wrong = sources
    .filter(({ file, text }) => isIn(file, PURE) && IMPURE.test(text))
    .map(({ file, text }) => `${file}: ${IMPURE.exec(text)?.[0]}`)
  assert.deepEqual(wrong, [])
})

test('the environment is read in the doors only', () => {
  const wrong = sources
    .filter(({ file, text }) => !isIn(file, DOORS) && text.includes('process.env'))
    .map(({ file }) => file)
  assert.deepEqual(wrong, [])
})

function roomOf(file: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => isIn(file, [room]))
    .sort((a, b) => b.length - a.length)[0]
}

function mayImport(file: string, target: string): boolean {
  const from = roomOf(file)
  const to = roomOf(target)
  if (from === undefined || to === undefined) return false
  const allowed = ROOMS[from] ?? []
  return from === to || allowed.includes('*') || allowed.includes(to)
}

function isIn(file: string, rooms: string[]): boolean {
  return rooms.some((room) => file === room || file.startsWith(`${room}/`))
}

function stripComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
