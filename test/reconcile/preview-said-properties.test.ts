import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { commentHash } from '../../src/command/comment-hash.ts'
import type { SourcePullRequest } from '../../src/forge/forge.ts'
import { carryOutCommands } from '../../src/reconcile/commands/carry-out.ts'
import { pass } from '../../src/reconcile/pass.ts'
import { wasSaid } from '../../src/state/message.ts'
import { around, killedAt, unlessKilled } from '../support/around-forge.ts'
import { holdIntents } from '../support/intents.ts'
import { LivingForge } from '../support/living-forge.ts'
import { file, NOW, pullRequest, SOURCE } from '../support/world.ts'
import {
  APPS,
  type AppName,
  afterWord,
  CONFIG,
  HOUR,
  isChosen,
  NOTHING,
  POLICY,
  previewsByRules,
  type SaidOfIt,
  type Word,
  type Words,
} from './preview-rules.ts'

/** What people do, to one of five pull requests of which the last two come from forks. */
type Act =
  | { do: 'push' | 'close' | 'reopen'; to: number }
  | { do: 'label'; to: number; label: 'off' | 'api' | 'trusted' }
  | { do: 'later'; hours: number }
  | { do: 'look' | 'outage'; to?: never }

type Step =
  | Act
  /** A pass whose call of this number fails, before or after it was carried out. */
  | { do: 'failure'; at: number }
  /** `crash`: the process ends at this moment, and `meanwhile` happens before it is tried again. */
  | { do: 'say'; to: number; words: Words; app: AppName | null; crash: number | null; meanwhile: Act[] }
  /** The label that approves commits of forks is given, with its webhook. */
  | { do: 'trust'; to: number; crash: number | null; meanwhile: Act[] }
  /** The database is lost, and everything is delivered again. */
  | { do: 'again' }

const to = fc.nat(4)
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('push', 'close', 'reopen'), to }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('label'), to, label: fc.constantFrom('off', 'api', 'trusted') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('later'), hours: fc.constantFrom(0.1, 1, 12, 24, 24, 47) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('look', 'look', 'look', 'outage') }) },
)
const interrupted = {
  crash: fc.option(fc.nat(24)),
  meanwhile: fc.array(act, { maxLength: 2 }),
}
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: act },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failure'), at: fc.nat(24) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('trust'), to, ...interrupted }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('say'),
      to,
      words: fc.constantFrom<Words>(
        'up',
        'up HEAD',
        'up OLD',
        'down',
        'extend',
        'extend 1h',
        'extend 5d',
        'pin',
        'unpin',
      ),
      app: fc.option(fc.constantFrom(...APPS)),
      ...interrupted,
    }),
  },
)

class Play {
  readonly forge: LivingForge
  private now = NOW.getTime()
  private said = new Map<string, SaidOfIt>()
  private intents = holdIntents()
  private heads = new Map<number, string[]>()
  private deliveries = 0
  /** The pull request of each comment. */
  private spokenOn = new Map<number, number>()

  constructor() {
    this.forge = new LivingForge({
      config: CONFIG,
      policy: POLICY,
      tree: [
        file('apps/web/preview/a.yaml', 'tag: "{tag}"\nreplicas: {replicas}\n'),
        file('apps/api/preview/a.yaml', 'tag: "{tag}"\n'),
      ],
      access: { alice: 'write' },
    })
    this.forge.push()
  }

  async take(step: Step): Promise<void> {
    this.now += 1000
    if (step.do === 'say') return await this.say(step)
    if (step.do === 'trust') return await this.trust(step)
    if (step.do === 'again') return await this.again()
    if (step.do === 'failure') {
      await this.look(killedAt(step.at)).catch(unlessKilled)
      return
    }
    await this.act(step)
  }

  private async act(step: Act): Promise<void> {
    if (step.do === 'later') {
      this.now += step.hours * HOUR
      return
    }
    if (step.do === 'look') {
      await this.look()
      assert.deepEqual(this.inGit(), this.expected())
      return
    }
    if (step.do === 'outage') {
      this.forge.blind = true
      await this.look()
      this.forge.blind = false
      return
    }
    const pull = this.pull(step.to ?? 0)
    const { pulls } = this.forge
    const { number, state, labels } = pull
    const activeAt = new Date(this.now).toISOString()
    if (step.do === 'push' && state === 'open')
      pulls.set(number, { ...pull, head: this.head(number), activeAt })
    if (step.do === 'close') pulls.set(number, { ...pull, state: 'closed' })
    if (step.do === 'reopen' && state === 'closed') pulls.set(number, { ...pull, state: 'open', activeAt })
    if (step.do === 'label') {
      const { label } = step
      const others = labels.filter((each) => each !== label)
      pulls.set(number, { ...pull, labels: labels.includes(label) ? others : [...others, label] })
    }
  }

  private pull(to: number): SourcePullRequest {
    const number = to + 1
    const made = this.forge.pulls.get(number)
    if (made !== undefined) return made
    const pull = pullRequest(number, {
      head: this.head(number),
      fork: to > 2,
      activeAt: new Date(this.now).toISOString(),
    })
    this.forge.pulls.set(number, pull)
    return pull
  }

  private head(number: number): string {
    const head = this.forge.head()
    this.heads.set(number, [head, ...(this.heads.get(number) ?? [])])
    return head
  }

  /** One pass, and what the rules say of it. */
  async look(hook: () => void = () => {}): Promise<number> {
    const before = this.inGit()
    const wanted = this.expected()
    try {
      const { applied } = await pass(SOURCE, around(this.forge, new Date(this.now), hook), {
        confirmRemovals: false,
      })
      return applied.length
    } finally {
      const after = this.inGit()
      for (const path of new Set([...Object.keys(before), ...Object.keys(after)])) {
        if (after[path] === before[path]) continue
        assert.equal(after[path], wanted[path], `${path} has become what the rules do not say`)
      }
      this.forget()
    }
  }

  /** Whatever is not kept any more; nothing else than what was said of closed ones may go. */
  private forget(): void {
    for (const [name, said] of this.said) {
      const [app = '', number = ''] = name.split('/')
      if (
        this.forge.stateFiles[`.supercargo/state/github/R_web/${app}/previews/${number}.json`] !== undefined
      )
        continue
      assert.notEqual(this.forge.pulls.get(Number(number))?.state, 'open', `what was said of ${name} is lost`)
      assert.ok(said.last <= this.now - 60_000)
      this.said.delete(name)
    }
  }

  private saidOf(app: AppName, { number }: { number: number }): SaidOfIt {
    return this.said.get(`${app}/${number}`) ?? NOTHING
  }

  /** The previews that the rules define. */
  private expected(): Record<string, string> {
    return previewsByRules([...this.forge.pulls.values()], (app, pull) => this.saidOf(app, pull), this.now)
  }

  inGit(): Record<string, string | null> {
    return Object.fromEntries(
      this.forge.tree
        .filter(({ path }) => path.includes('/previews/'))
        .map(({ path, text }) => [path, text])
        .sort(),
    )
  }

  private async say({ to, words, app, crash, meanwhile }: Extract<Step, { do: 'say' }>): Promise<void> {
    const { number } = this.pull(to)
    const [head = '', old = '0'.repeat(40)] = this.heads.get(number) ?? []
    const text = `/cargo preview ${words.replace('HEAD', head).replace('OLD', old)}${app === null ? '' : ` app=${app}`}`
    const comment = this.forge.say('alice', text)
    this.spokenOn.set(comment, number)
    const wish = { repository: 'github:acme/web', number, comment, login: 'alice', hash: commentHash(text) }
    this.intents.accept(wish, new Date(this.now))
    const at = this.now
    const commit = words === 'up HEAD' ? head : words === 'up OLD' ? old : null
    const word: Word = { is: words.split(' ')[0] as Word['is'], commit, byLabel: false, words }
    const isWritten = () => this.isSaid(comment)
    await this.carry(number, { crash, meanwhile, isWritten }, () => {
      const apps = app === null ? APPS : [app]
      return this.accepted(
        number,
        word,
        apps.filter((each) => word.is !== 'extend' || each === 'web'),
        at,
      )
    })
  }

  private async trust({ to, crash, meanwhile }: Extract<Step, { do: 'trust' }>): Promise<void> {
    const pull = this.pull(to)
    const { number, labels, head } = pull
    this.forge.pulls.set(number, { ...pull, labels: [...new Set([...labels, 'trusted'])] })
    const wish = {
      repository: 'github:acme/web',
      number,
      login: 'alice',
      comment: null,
      labels: ['trusted'],
      head,
    }
    this.intents.accept({ ...wish, delivery: `${++this.deliveries}` }, new Date(this.now))
    const word: Word = { is: 'up', commit: head, byLabel: true, words: 'up HEAD' }
    const at = this.now
    const before = this.forge.messages.length
    const isWritten = () =>
      this.forge.messages
        .slice(0, this.forge.messages.length - before)
        .some((each) => /By the label trusted/.test(each))
    await this.carry(number, { crash, meanwhile, isWritten, isLabel: true }, () => {
      const now = this.pull(to)
      return now.fork && now.labels.includes('trusted') && this.now - at <= HOUR
        ? this.accepted(number, word, ['web'], at)
        : null
    })
  }

  private isSaid(comment: number): boolean {
    return wasSaid(this.forge.messages, { url: `https://forge.example/comment/${comment}`, place: 1 })
  }

  private async carry(
    number: number,
    { crash, meanwhile, isWritten, isLabel = false }: Interrupted,
    judge: () => (() => void) | null,
  ): Promise<void> {
    const at = this.now
    let said = judge()
    const before = this.intents.entries.length
    let done = false
    try {
      await this.work(number, killedAt(crash))
    } catch (error) {
      unlessKilled(error)
      const written = isWritten()
      if (written) {
        assert.ok(said !== null, 'what the rules refuse was written')
        said()
        done = true
      }
      for (const each of meanwhile) await this.act(each)
      if (!done && this.now - at <= HOUR) said = judge()
      else if (!done) said = null
      const count = this.forge.messages.length
      await this.work(number)
      if (done) assert.equal(this.forge.messages.length, count, 'it was written twice')
    }
    const entries = this.intents.entries.slice(before)
    assert.equal(entries.length, 1)
    const [entry] = entries
    // a label is no comment, of whose commit one could be found
    if (done) assert.ok(entry?.code === 'carried-out' || isLabel, entry?.message)
    else if (said !== null) assert.equal(entry?.code, 'carried-out', entry?.message)
    else assert.notEqual(entry?.code, 'carried-out', entry?.message)
    if (!done) said?.()
  }

  private async work(number: number, hook = () => {}): Promise<void> {
    const dependencies = { ...around(this.forge, new Date(this.now), hook), store: this.intents }
    await carryOutCommands({ repositoryKey: 'github:acme/web', number }, dependencies)
  }

  /** What a word makes of what was said; null where it is refused. */
  private accepted(number: number, word: Word, apps: readonly AppName[], at: number): (() => void) | null {
    const pull = this.forge.pulls.get(number)
    if (pull?.state !== 'open') return null
    if (word.is === 'up' && pull.fork && word.commit === null) return null
    if (word.is === 'up' && word.commit !== null && word.commit !== pull.head) return null
    const accepting = apps.filter(
      (app) => ['up', 'down'].includes(word.is) || isChosen(app, pull, this.saidOf(app, pull)),
    )
    if (accepting.length === 0) return null
    return () => {
      for (const app of accepting) {
        const after = afterWord(this.saidOf(app, pull), word, pull.fork, at)
        if (after === NOTHING) this.said.delete(`${app}/${number}`)
        else this.said.set(`${app}/${number}`, after)
      }
    }
  }

  /** Whatever was carried out is not carried out again. */
  private async again(): Promise<void> {
    this.intents = holdIntents()
    const before = JSON.stringify(this.forge.stateFiles)
    for (const [index, { login, text }] of this.forge.comments.entries()) {
      const comment = index + 1
      if (!this.isSaid(comment)) continue
      const number = this.spokenOn.get(comment) ?? 0
      this.intents.accept(
        { repository: 'github:acme/web', number, comment, login, hash: commentHash(text) },
        new Date(this.now),
      )
      await this.work(number)
    }
    assert.equal(JSON.stringify(this.forge.stateFiles), before)
  }
}

interface Interrupted {
  crash: number | null
  meanwhile: Act[]
  isWritten: () => boolean
  isLabel?: boolean
}

/** Somebody extends it for less than somebody before. */
const LESS_TIME: Step[] = [
  { do: 'say', to: 0, words: 'extend 5d', app: null, crash: null, meanwhile: [] },
  { do: 'say', to: 0, words: 'extend 1h', app: null, crash: null, meanwhile: [] },
  { do: 'later', hours: 47 },
  { do: 'later', hours: 24 },
  { do: 'look' },
]

/** A process ends somewhere, and its commands are given up before another one comes. */
const LATE: Step[][] = Array.from({ length: 25 }, (_, crash) => [
  { do: 'say', to: 0, words: 'pin', app: null, crash, meanwhile: [{ do: 'later', hours: 47 }] },
])

test('whatever people say and do, and whenever a process ends: previews are as the rules define, and what was said was said once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
      const play = new Play()
      for (const each of steps) await play.take(each)
      await play.take({ do: 'look' })
      assert.equal(await play.look(), 0)
    }),
    { numRuns: 90, examples: [[LESS_TIME], ...LATE.map((each): [Step[]] => [each])] },
  )
})
