import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { STATE_BRANCH } from '../../src/domain/names.ts'
import { CONFIG_WITH_PREVIEWS } from '../support/acme.ts'
import { botOn, type TestBot } from '../support/bot.ts'
import { emptied } from '../support/emptied.ts'
import { later, pushAt } from '../support/later.ts'
import { previewsInGit, previewsOf } from '../support/previews-in-git.ts'
import { treeTexts } from '../support/sandbox.ts'
import { type Speaker, speaker } from '../support/speaker.ts'
import { acrossForges, PAIRS, SOURCE, type Stage } from '../support/stage.ts'

const LIMIT = 2
const TTL = 2
const CONFIG = `${CONFIG_WITH_PREVIEWS}  labels: { forbid: "off" }\n  limit: ${LIMIT}\n  ttl: ${TTL}d\n`
const WITHOUT = CONFIG.slice(0, CONFIG.indexOf('previews:'))
const ONE_FORGE = PAIRS.filter(({ source, target }) => source === target)

/** What somebody does: to one of three branches, to the forge, or to the bot. */
type Step =
  | { do: What; to: number }
  | { do: 'day' | 'hook' | 'restart' }
  /** Somebody says it of the preview of a branch. */
  | { do: 'say'; to: number; words: Words }
  /** Previews leave the configuration, or come back; a pass to which the forge lists no pull request. */
  | { do: 'configure' | 'outage' }
  /** A pass whose request of this number fails. */
  | { do: 'failure'; at: number }

type What = 'push' | 'close' | 'reopen' | 'delete' | 'rename' | 'label' | 'unlabel'
type Words = 'up' | 'down' | 'extend' | 'extend 3d' | 'pin' | 'unpin'

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('push', 'push', 'close', 'reopen', 'delete', 'rename', 'label', 'unlabel'),
      to: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('day', 'day', 'hook', 'hook', 'restart') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('say'),
      to: fc.nat(3),
      words: fc.constantFrom<Words>('up', 'down', 'extend', 'extend 3d', 'pin', 'unpin'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('configure', 'outage') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failure' as const), at: fc.nat(8) }) },
)

interface Pull {
  number: number
  head: string
  open: boolean
  deleted: boolean
  off: boolean
  /** The day of its last activity. */
  day: number
  said: SaidOfIt
}

/** What was said of a preview, by days. */
interface SaidOfIt {
  wanted: 'up' | 'down' | null
  pinned: boolean
  /** Its time ends then at the soonest. */
  until: number
}

const NOTHING: SaidOfIt = { wanted: null, pinned: false, until: 0 }

/** Plays steps, and keeps what the rules say of them. */
class Play {
  readonly pulls = new Map<string, Pull>()
  private day = 0
  configured = true
  private bot: TestBot
  private readonly speakers = new Map<number, Speaker>()
  private readonly s: Stage

  constructor(s: Stage) {
    this.s = s
    this.bot = s.bot
  }

  async take(step: Step): Promise<void> {
    if (step.do === 'say') return await this.say(`feature/${step.to}`, step.words)
    if ('to' in step) return await this.act(step.do, `feature/${step.to}`)
    if (step.do === 'day') {
      this.day += 1
      later(this.s, this.day)
    }
    if (step.do === 'configure') await this.configure()
    if (step.do === 'outage') {
      const blind = botOn(this.s.source.another(emptied))
      blind.dependencies.now = this.s.bot.dependencies.now
      await blind.pass(SOURCE)
    }
    if (step.do === 'restart') this.bot = botOn(this.s.source.another())
    this.bot.dependencies.now = this.s.bot.dependencies.now
    if (step.do === 'failure') {
      let seen = 0
      this.s.source.inside.model.faults.fail({
        matches: () => seen++ === step.at,
        times: 1,
        answer: { status: 502 },
        when: 'after',
      })
    }
    if (step.do === 'hook' || step.do === 'failure') await this.bot.pass(SOURCE).catch(() => {})
    // people's own requests are none of the bot's
    this.s.source.inside.model.faults.clear()
  }

  private async configure(): Promise<void> {
    this.configured = !this.configured
    await this.s.clone.git('switch', '--quiet', 'main')
    await this.s.pushConfig('Configure', this.configured ? CONFIG : WITHOUT)
  }

  private async act(what: What, branch: string): Promise<void> {
    const { source, clone } = this.s
    const pull = this.pulls.get(branch)
    if (pull === undefined) {
      const made = await this.s.propose(branch)
      this.pulls.set(branch, {
        ...made,
        open: true,
        deleted: false,
        off: false,
        day: this.day,
        said: NOTHING,
      })
      return
    }
    const { number, open, deleted } = pull
    // what was said is forgotten by a pass that sees that it is closed
    if (!open && (await saidInGit(this.s)).every((each) => each !== number)) pull.said = NOTHING
    if (what === 'close' && open) {
      await source.closeRequest(SOURCE, number)
      pull.open = false
    }
    if (what === 'reopen' && !open && !deleted) {
      await source.reopenRequest(SOURCE, number)
      Object.assign(pull, { open: true, day: this.day })
    }
    if (what === 'push' && open) {
      await clone.git('switch', '--quiet', branch)
      pull.head = await pushAt(clone, this.s.bot.dependencies.now())
      pull.day = this.day
    }
    if (what === 'delete' && !deleted) {
      await clone.push('origin', `:${branch}`)
      Object.assign(pull, { open: false, deleted: true })
    }
    if (what === 'rename') await source.rename(SOURCE, number, `Renamed on day ${this.day}`)
    if ((what === 'label') !== pull.off && (what === 'label' || what === 'unlabel')) {
      await source.label(SOURCE, number, 'off', what === 'label')
      pull.off = what === 'label'
    }
  }

  /** Says it, and what may be said leads to something. */
  private async say(branch: string, words: Words): Promise<void> {
    const pull = this.pulls.get(branch)
    if (pull === undefined) return
    const { number, open, said } = pull
    const now = () => this.s.bot.dependencies.now()
    const found = this.speakers.get(number) ?? (await speaker(this.s, now, { number }))
    this.speakers.set(number, found)
    const { reactions } = await found.ask(`/cargo preview ${words}`)
    const isAbout = words === 'up' || words === 'down' || this.isChosen(pull)
    assert.equal(reactions.at(-1), this.configured && open && isAbout ? 'rocket' : 'confused')
    if (reactions.at(-1) === 'rocket') pull.said = afterWords(said, words, this.day)
  }

  private isChosen({ off, said: { wanted } }: Pull): boolean {
    return wanted === 'up' || (wanted === null && !off)
  }

  /** The previews that the rules define. */
  expected(): Record<string, string> {
    if (!this.configured) return {}
    const chosen = [...this.pulls.values()]
      .filter((pull) => pull.open && this.isChosen(pull))
      .filter(({ day, said: { pinned, until } }) => pinned || Math.max(day + TTL, until) > this.day)
      .sort((a, b) => a.number - b.number)
    return previewsOf(...chosen.slice(0, LIMIT))
  }
}

function afterWords(before: SaidOfIt, words: Words, day: number): SaidOfIt {
  const until = Math.max(before.until, day + (words === 'extend 3d' ? 3 : TTL))
  switch (words) {
    case 'up':
      return { ...before, wanted: 'up', until }
    case 'down':
      return { ...NOTHING, wanted: 'down' }
    case 'pin':
      return { ...before, pinned: true }
    case 'unpin':
      return before.pinned ? { ...before, pinned: false, until } : before
    default:
      return { ...before, until }
  }
}

/** Numbers of the pull requests of which something was said. */
async function saidInGit({ target, manifests }: Stage): Promise<number[]> {
  const files = Object.keys(await treeTexts(target.inside, manifests, STATE_BRANCH))
  return files.flatMap((path) => /previews\/(\d+)\.json$/.exec(path)?.[1] ?? []).map(Number)
}

function isOfPreviews(comment: string): boolean {
  return comment.includes('supercargo:previews')
}

acrossForges((stage) => {
  test('whatever happens, after quiet and one sweep the previews in Git are those that the rules define', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 20 }), async (steps) => {
        await stage(
          async (s) => {
            const play = new Play(s)
            for (const each of steps) await play.take(each)
            // GitLab writes its notes a moment later
            await pause(300)
            await s.bot.pass(SOURCE)
            assert.deepEqual(await previewsInGit(s), play.expected())
            // that nothing is left at a former place is seen by the next pass
            if (!play.configured) await s.bot.pass(SOURCE)
            assert.deepEqual((await s.bot.pass(SOURCE)).applied, [])
            for (const { number } of play.pulls.values())
              assert.ok((await s.source.comments(SOURCE, number)).filter(isOfPreviews).length <= 1)
          },
          { config: CONFIG },
        )
      }),
      { numRuns: 5, endOnFailure: true },
    )
  })
}, ONE_FORGE)
