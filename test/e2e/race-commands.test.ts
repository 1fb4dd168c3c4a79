// Two processes of the bot on one PostgreSQL, many people who lock and unlock at once, and kills in between.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pino from 'pino'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { createComment } from '../../src/sandbox/model/discussion.ts'
import { ensureAccount } from '../../src/sandbox/model/repositories.ts'
import { openStore } from '../../src/store/open.ts'
import type { JournalEntry } from '../../src/store/store.ts'
import { type CommentHook, commentOf, deliveryOf } from '../support/comment-hooks.ts'
import { eventually } from '../support/eventually.ts'
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts'
import { type Program, startProgram } from '../support/processes.ts'
import { grant } from '../support/speaker.ts'
import { acrossForges, MANIFESTS, SOURCE, type Stage } from '../support/stage.ts'
import { kustomization } from '../support/world.ts'
import { type Random, randomFrom } from './kill-storm.ts'

const SEED = Number(process.env.SUPERCARGO_SEED ?? Date.now() % 1_000_000)
const REPLICA = new URL('./command-replica.ts', import.meta.url)
const ENVIRONMENTS = Array.from({ length: 20 }, (_, i) => `e${i + 1}`)
const PEOPLE = ['ada', 'bea', 'cem', 'dan']
const REQUESTS = 4
/** In each comment. */
const COMMANDS = 5
/** In all; what is the same on both forges need not be tried as often twice. */
const COMMANDS_OF = { github: 200, gitlab: 40 }

const CONFIG = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
tag: "{sha:7}"
ready: commit
environments:
${ENVIRONMENTS.map((name) => `  ${name}: { follow: tag v*, path: apps/web/${name} }`).join('\n')}
`
const POLICY = `accept:
  - { from: acme/web, paths: apps/web/**, images: ghcr.io/acme/web, promote: [role:write] }
`
const OVERLAYS = Object.fromEntries(
  ENVIRONMENTS.map((name) => [`apps/web/${name}/kustomization.yaml`, kustomization('v0.0.0')]),
)

let server: PostgresServer
before(async () => {
  if (noPostgres === false) server = await startPostgres()
})
after(() => server?.remove())

acrossForges(
  (stage, { source }) => {
    const commands = COMMANDS_OF[source]
    test(`of ${commands} commands on 20 environments each has one outcome, and no lock is double, whoever is killed`, {
      skip: noPostgres,
      timeout: 600_000,
    }, async (context) => {
      await stage(
        async (s) => {
          const random = randomFrom(SEED)
          const databaseUrl = await server.createDatabase()
          const store = await openStore({ databaseUrl, dataDir: '/nowhere', log: pino({ level: 'silent' }) })
          const replicas: Program[] = []
          const start = async () => {
            const replica = startProgram(REPLICA, { databaseUrl, environment: s.source.environment })
            replicas.push(replica)
            await replica.line('ready', 60_000)
            return replica
          }
          const outcomes = async () =>
            (await store.readJournal({ limit: 1000 })).filter(({ action }) => action.startsWith('command'))
          try {
            const running = await Promise.all([start(), start()])
            const hooks = (await s.source.listen('acme')) as CommentHook[]
            const comments = await everybodySpeaks(s, commands / COMMANDS, random)
            const begun = Date.now()
            for (const { id } of comments) {
              const hook = await eventually('its webhook', () => hooks.find((each) => commentOf(each) === id))
              await store.acceptDelivery(deliveryOf(source, hook))
            }
            for (const [victim, share] of [0.2, 0.5].entries()) {
              const some = async () => (await outcomes()).length > comments.length * share
              await eventually('some are done', some, 240_000)
              await running[victim]?.kill('SIGKILL')
              if (victim === 0) await start()
            }
            const all = async () => (await outcomes()).length >= comments.length
            await eventually('every comment has an outcome', all, 240_000)
            context.diagnostic(`seed ${SEED}: ${(Date.now() - begun) / 1000} s`)
            await assertTold(s, comments, await outcomes())
            await assertHistory(s, comments, await outcomes())
            assert.deepEqual(await store.listDeadLetters(), [])
          } finally {
            for (const replica of replicas) await replica.kill('SIGKILL')
            await store.close()
          }
        },
        { config: CONFIG, policy: POLICY, manifests: OVERLAYS },
      )
    })
  },
  [
    { name: 'GitHub', source: 'github', target: 'github' },
    { name: 'GitLab', source: 'gitlab', target: 'gitlab' },
  ],
)

interface Written {
  id: number
  by: string
  number: number
  /** As they are written, in their order. */
  commands: string[]
}

/** Everybody comments on every request, with commands on different environments. */
async function everybodySpeaks(s: Stage, count: number, random: Random): Promise<Written[]> {
  const { model } = s.source.inside
  for (const login of PEOPLE) {
    grant(s.source, s.web, login, 'write')
    grant(s.source, s.manifests, login, 'write')
  }
  const numbers: number[] = []
  for (let index = 0; index < REQUESTS; index++) numbers.push((await s.propose(`feature/${index}`)).number)
  return Array.from({ length: count }, (_, index) => {
    const by = PEOPLE[index % PEOPLE.length] ?? ''
    const number = numbers[Math.floor(random() * numbers.length)] ?? 0
    const places = ENVIRONMENTS.map((name) => ({ name, at: random() })).toSorted((a, b) => a.at - b.at)
    const commands = places.slice(0, COMMANDS).map(({ name }) => {
      return random() < 0.6 ? `/cargo lock ${name} -- because ${index}` : `/cargo unlock ${name}`
    })
    const account = ensureAccount(model, by)
    const { id } = createComment(model, s.web, { kind: 'person', account }, number, commands.join('\n'))
    return { id, by, number, commands }
  })
}

/** Each comment has one entry in the journal, in which each of its commands stands once, and shows what came of it. */
async function assertTold(s: Stage, comments: Written[], entries: JournalEntry[]): Promise<void> {
  assert.equal(entries.length, comments.length)
  for (const { id, by, number, commands } of comments) {
    const [entry, ...more] = entries.filter(({ message }) => message.startsWith(`${by} in comment ${id} (`))
    assert.ok(entry !== undefined && more.length === 0, `${id}: ${more.length} more`)
    for (const command of commands) assert.equal(entry.message.split(`${command}: `).length, 2, entry.message)
    const last = entry.action === 'command' ? 'rocket' : 'confused'
    assert.deepEqual(await s.source.reactions(SOURCE, number, id), ['eyes', last])
  }
}

interface Word {
  what: string
  by: string
  /** Address of the comment, and the command's place in it. */
  command: string
}

/** No command is in the history twice; nobody locks what another has locked; what was refused left no trace. */
async function assertHistory(s: Stage, comments: Written[], entries: JournalEntry[]): Promise<void> {
  const words = await wordsOf(s)
  const commands = words.map(({ command }) => command)
  assert.deepEqual(commands.toSorted(), [...new Set(commands)].toSorted(), 'a command was repeated')
  const locked = new Map<string, string>()
  for (const { what, by } of words) {
    const [, verb, environment = ''] = /^(Lock|Unlock) web\/(e\d+)$/.exec(what) ?? []
    const holder = locked.get(environment)
    if (verb === 'Lock') {
      assert.ok(holder === undefined || holder === by, `${by} locked what ${holder} had locked`)
      locked.set(environment, by)
    } else {
      assert.ok(holder !== undefined, `${what} where nothing was locked`)
      locked.delete(environment)
    }
  }
  for (const { id, commands } of comments) {
    const { message = '' } = entries.find((entry) => entry.message.includes(` comment ${id} (`)) ?? {}
    for (const [index, command] of commands.entries()) {
      const outcome = message.split(`${command}: `)[1] ?? ''
      const times = words.filter((word) => isOf(word, id, index + 1)).length
      if (/^web\/e\d+ is locked until somebody|^web\/e\d+ goes on/.test(outcome))
        assert.equal(times, 1, outcome)
      else if (/^web\/e\d+ is not locked/.test(outcome)) assert.ok(times <= 1, outcome)
      else assert.equal(times, 0, outcome)
    }
  }
}

function isOf({ command }: Word, comment: number, place: number): boolean {
  return new RegExp(`[^0-9]${comment} ${place}$`).test(command)
}

/** What stands in the history of the state branch, oldest first. */
async function wordsOf(s: Stage): Promise<Word[]> {
  const clone = await s.target.clone(MANIFESTS)
  try {
    const trailer = (key: string) => `%(trailers:key=Supercargo-${key},valueonly,separator=%x20)`
    const format = ['%s', trailer('Asked-By'), trailer('Comment'), trailer('Command')].join('%x09')
    const range = [`origin/${STATE_BRANCH}`, '--', '.supercargo/state']
    const log = await clone.git('log', '--reverse', `--format=${format}`, ...range)
    return log.split('\n').map((line) => {
      const [what = '', by = '', comment = '', place = ''] = line.split('\t')
      return { what, by, command: `${comment} ${place}` }
    })
  } finally {
    await clone.remove()
  }
}
