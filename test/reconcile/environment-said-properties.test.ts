import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { commentHash } from '../../src/command/comment-hash.ts'
import { carryOutCommands } from '../../src/reconcile/commands/carry-out.ts'
import { pass } from '../../src/reconcile/pass.ts'
import { readState } from '../../src/state/files.ts'
import { lockAt } from '../../src/state/locks.ts'
import { wasSaid } from '../../src/state/message.ts'
import type { EnvironmentState } from '../../src/state/state.ts'
import { around, type Hook, killedAt, unlessKilled } from '../support/around-forge.ts'
import { holdIntents } from '../support/intents.ts'
import { LivingForge } from '../support/living-forge.ts'
import { file, kustomization, NOW, pullRequest, SOURCE } from '../support/world.ts'

const HOUR = 3600_000
const CONFIG = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
tag: "{sha:7}"
ready: commit
environments:
  staging: { follow: branch main, path: apps/web/staging, merge: direct }
  production: { follow: environment staging, path: apps/web/production, merge: auto }
  qa: { follow: branch main, path: apps/web/qa }
`
const POLICY = `accept:
  - from: acme/web
    paths: apps/**
    images: ghcr.io/acme/*
    merge: ["*"]
    direct: [staging]
    promote: [user:alice, user:bob]
`
const ENVIRONMENTS = ['staging', 'production', 'qa'] as const
type Name = (typeof ENVIRONMENTS)[number]

type Verb =
  | 'lock'
  | 'lock for 2h'
  | 'unlock'
  | 'rollback'
  | 'rollback OLD'
  | 'promote'
  | 'promote NEW'
  | 'promote OLD'

interface Saying {
  do: 'say'
  by: 'alice' | 'bob' | 'carol'
  verb: Verb
  on: Name
  /** Which version, for those verbs that name one. */
  which: number
}

type Act =
  | { do: 'push' | 'look' }
  | { do: 'later'; hours: number }
  /** A person merges or closes a change request, or writes a version into the manifests. */
  | { do: 'merge' | 'close' | 'put'; on: Name; which: number }
  | Saying

type Step =
  | Act
  | { do: 'failure'; at: number }
  | { do: 'crash'; at: number; saying: Saying; meanwhile: Act[] }
  /** A command is carried out before a pass reads for the so many-th time; no forge lets one look and write at once. */
  | { do: 'race'; at: number; saying: Saying }
  | { do: 'again' }

const on = fc.constantFrom(...ENVIRONMENTS)
const which = fc.nat(6)
const saying: fc.Arbitrary<Saying> = fc.record({
  do: fc.constant('say'),
  by: fc.constantFrom('alice', 'alice', 'alice', 'bob', 'bob', 'carol'),
  verb: fc.constantFrom<Verb>(
    'lock',
    'lock for 2h',
    'unlock',
    'rollback',
    'rollback OLD',
    'promote',
    'promote NEW',
    'promote OLD',
  ),
  on,
  which,
})
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('push', 'look', 'look') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('later'), hours: fc.constantFrom(0.5, 1, 3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('merge', 'merge', 'close', 'put'), on, which }) },
  { weight: 4, arbitrary: saying },
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: act },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failure'), at: fc.nat(24) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('race'), at: fc.nat(8), saying }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('crash'),
      at: fc.nat(24),
      saying,
      meanwhile: fc.array(act, { maxLength: 3 }),
    }),
  },
)

class Play {
  readonly forge: LivingForge
  private now = NOW.getTime()
  private intents = holdIntents()
  /** Of main, oldest first. */
  private versions: string[] = []
  /** The pull request on which each comment was written. */
  private spokenOn = new Map<number, number>()

  /** Where people have closed something, or written by hand: that is left alone. */
  private touched = new Set<Name>()

  constructor() {
    const first = 'c000001'
    this.forge = new LivingForge({
      config: CONFIG,
      policy: POLICY,
      tree: ENVIRONMENTS.map((name) => file(pathOf(name), kustomization(first))),
      access: { alice: 'write', bob: 'write', carol: 'write' },
    })
    for (let version = 0; version < 5; version++) this.push()
    for (const at of [1, 2]) for (const name of ENVIRONMENTS) this.put(name, at)
    this.forge.pulls.set(1, pullRequest(1))
    this.forge.pulls.set(2, pullRequest(2))
  }

  private push(): void {
    this.versions.push(this.forge.push().slice(0, 7))
  }

  private put(name: Name, which: number): void {
    const version = this.versions[which % this.versions.length] ?? ''
    this.forge.person({ put: pathOf(name), text: kustomization(version) })
  }

  async take(step: Step): Promise<void> {
    this.now += 1000
    switch (step.do) {
      case 'push':
        return this.push()
      case 'later':
        this.now += step.hours * HOUR
        return
      case 'look':
        return void (await this.look())
      case 'failure':
        return void (await this.look(killedAt(step.at)).catch(unlessKilled))
      case 'race':
        return await this.race(step)
      case 'put':
        this.touched.add(step.on)
        return this.put(step.on, step.which)
      case 'merge':
      case 'close': {
        const number = this.forge.requestFrom(`supercargo/web/${step.on}`)
        if (number === null) return
        if (step.do === 'close') this.touched.add(step.on)
        return this.forge.person(step.do === 'merge' ? { merge: number } : { close: number })
      }
      case 'say': {
        const comment = this.say(step, 2)
        return await this.carry(step, comment, null, [])
      }
      case 'crash': {
        const comment = this.say(step.saying, 1)
        return await this.carry(step.saying, comment, step.at, step.meanwhile)
      }
      case 'again':
        return await this.again()
    }
  }

  present(name: Name): string {
    const text = this.forge.tree.find(({ path }) => path === pathOf(name))?.text ?? ''
    return /newTag: "?([^"\n]+)/.exec(text)?.[1] ?? ''
  }

  private stateOf(name: Name): EnvironmentState {
    const snapshot = { head: '1', files: this.forge.stateFiles, messages: [], trusted: true }
    const read = readState({ forge: 'github', id: 'R_web' }, snapshot)
    assert.ok(read.ok)
    return read.value.environments[`web/${name}`] ?? { lock: null, promotion: null }
  }

  private lockOf(name: Name) {
    return lockAt(this.stateOf(name), new Date(this.now))
  }

  /** One pass, and what may have come of it. */
  async look(hook: Hook = () => {}): Promise<string[]> {
    const before = ENVIRONMENTS.map((name) => ({ name, was: this.present(name), said: this.stateOf(name) }))
    try {
      const { applied } = await pass(SOURCE, around(this.forge, new Date(this.now), hook), {
        confirmRemovals: false,
      })
      return applied.map(({ action }) => `${action.kind} ${action.target}: ${action.reason.message}`)
    } finally {
      for (const { name, was, said } of before) {
        const is = this.present(name)
        const states = [said, this.stateOf(name)]
        const may = is === was || states.some((each) => this.mayMove(name, each, was, is))
        assert.ok(may, `${name} moved from ${was} to ${is}`)
      }
    }
  }

  /** What is locked goes to the version of its lock alone, and everything else goes forward; where people merge, if one asked. */
  private mayMove(name: Name, said: EnvironmentState, was: string, is: string): boolean {
    const lock = lockAt(said, new Date(this.now))
    if (lock !== null) return lock.pin?.tag === is
    return this.rank(is) > this.rank(was) && (name !== 'qa' || said.promotion !== null)
  }

  /** Whoever was told that it is locked need not look whether a pass is under way. */
  private async race({ at, saying }: Extract<Step, { do: 'race' }>): Promise<void> {
    let moments = 0
    let told: string | null = null
    await this.look(async ({ when, call }) => {
      if (when === 'after' || !call.startsWith('read') || moments++ !== at) return
      await this.take(saying)
      const lock = this.lockOf(saying.on)
      if (lock !== null && lock.pin === null) told = this.present(saying.on)
    })
    if (told !== null) assert.equal(this.present(saying.on), told, `${saying.on} moved after it was locked`)
  }

  private rank(version: string): number {
    return this.versions.indexOf(version)
  }

  private say({ by, verb, on: name, which }: Saying, number: number): number {
    const [word = '', version, ...rest] = verb.split(' ')
    const at = this.rank(this.present(name))
    const older = this.versions.slice(0, Math.max(at, 0))
    const newer = this.versions.slice(at + 1)
    const named =
      version === 'OLD'
        ? older[which % older.length]
        : version === 'NEW'
          ? newer[which % newer.length]
          : version
    const text = ['/cargo', word, name, named, ...rest].filter((each) => each !== undefined).join(' ')
    const comment = this.forge.say(by, text)
    this.spokenOn.set(comment, number)
    this.accept(comment, by, text, number)
    return comment
  }

  private accept(comment: number, login: string, text: string, number: number): void {
    const wish = { repository: 'github:acme/web', number, comment, login, hash: commentHash(text) }
    this.intents.accept(wish, new Date(this.now))
  }

  private async carry(
    { by, verb, on: name }: Saying,
    comment: number,
    crash: number | null,
    meanwhile: Act[],
  ): Promise<void> {
    const number = this.spokenOn.get(comment) ?? 0
    const entries = () =>
      this.intents.entries.filter(({ message }) => message.includes(` comment ${comment} `))
    const before = this.stateOf(name)
    const lock = this.lockOf(name)
    const count = () => this.forge.messages.length
    const start = count()
    let after: EnvironmentState | null = null
    try {
      await this.work(number, killedAt(crash))
    } catch (error) {
      unlessKilled(error)
      if (this.isSaid(comment)) after = this.stateOf(name)
      for (const each of meanwhile) await this.take(each)
      const state = JSON.stringify(this.forge.stateFiles)
      await this.work(number)
      if (after !== null) assert.equal(JSON.stringify(this.forge.stateFiles), state, 'it was written twice')
    }
    const [entry, ...more] = entries()
    assert.ok(entry !== undefined && more.length === 0)
    const done = entry.code === 'carried-out'
    if (this.isSaid(comment)) assert.ok(done, entry.message)
    if (crash === null && !this.isSaid(comment)) assert.equal(count(), start)
    if (by === 'carol') assert.ok(!done && !this.isSaid(comment))
    if (crash === null) after = this.stateOf(name)
    if (after === null || (crash === null && !done)) return
    const [word] = verb.split(' ')
    const isTheirs = lock !== null && lock.by !== by
    if (word === 'lock') {
      assert.ok(!isTheirs)
      assert.deepEqual([after.lock?.by, after.lock?.pin], [by, lock?.pin ?? null])
      assert.deepEqual(after.promotion, before.promotion)
    } else if (word === 'unlock') assert.equal(after.lock, null)
    else if (word === 'rollback') {
      assert.ok(!isTheirs || lock.pin !== null)
      assert.equal(after.promotion, null)
      assert.ok(after.lock?.pin)
    } else {
      assert.ok(lock === null || lock.pin !== null)
      assert.equal(after.lock, null)
      assert.ok(after.promotion)
    }
  }

  private isSaid(comment: number): boolean {
    return wasSaid(this.forge.messages, { url: `https://forge.example/comment/${comment}`, place: 1 })
  }

  private async work(number: number, hook = () => {}): Promise<void> {
    const dependencies = { ...around(this.forge, new Date(this.now), hook), store: this.intents }
    await carryOutCommands({ repositoryKey: 'github:acme/web', number }, dependencies)
  }

  /** The database is lost, and everything is delivered again: what was carried out is not carried out again. */
  private async again(): Promise<void> {
    this.intents = holdIntents()
    const before = JSON.stringify(this.forge.stateFiles)
    for (const [comment, number] of this.spokenOn) {
      const spoken = this.forge.comments[comment - 1]
      if (spoken === undefined || !this.isSaid(comment)) continue
      this.accept(comment, spoken.login, spoken.text, number)
      await this.work(number)
      const entry = this.intents.entries.at(-1)
      assert.equal(entry?.code, 'carried-out', entry?.message)
    }
    assert.equal(JSON.stringify(this.forge.stateFiles), before)
  }

  /** Every environment that nobody holds has what its rule says, and every other one what it is held at. */
  private atRest(): void {
    const newest = this.versions.at(-1) ?? ''
    for (const name of ENVIRONMENTS) {
      if (this.touched.has(name)) continue
      const lock = this.lockOf(name)
      const is = this.present(name)
      if (lock?.pin != null) assert.equal(is, lock.pin.tag, `${name} is not where it is held`)
      if (lock !== null) continue
      const { promotion } = this.stateOf(name)
      assert.equal(promotion, null, `${name} is still promoted`)
      if (name === 'staging') assert.equal(is, newest)
      if (name === 'production') assert.ok(this.rank(is) >= this.rank(this.present('staging')))
    }
  }

  /** Until there is nothing to do any more. */
  async rest(): Promise<void> {
    let last: string[] = []
    for (let round = 0; round < 5; round++) {
      last = await this.look()
      if (last.length === 0) return this.atRest()
    }
    assert.fail(`It does not come to rest: ${last.join('\n')}`)
  }
}

function pathOf(name: Name): string {
  return `apps/web/${name}/kustomization.yaml`
}

/** A process ends somewhere, and what was said has come about before another one comes. */
const PROMOTED: [Step[]][] = Array.from({ length: 25 }, (_, at) => [
  [
    {
      do: 'crash',
      at,
      saying: { do: 'say', by: 'alice', verb: 'promote NEW', on: 'staging', which: 0 },
      meanwhile: [{ do: 'look' }],
    },
  ],
])

/** It is locked while a pass is about to change it. */
const RACED: [Step[]][] = Array.from({ length: 6 }, (_, at) => [
  [{ do: 'race', at, saying: { do: 'say', by: 'alice', verb: 'lock', on: 'staging', which: 0 } }],
])

test('whatever people say and do, and whenever a process ends: what is locked stays, nothing goes backwards unasked, and what was said was said once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const play = new Play()
      for (const each of steps) await play.take(each)
      await play.rest()
    }),
    { numRuns: 70, examples: [...PROMOTED, ...RACED] },
  )
})
