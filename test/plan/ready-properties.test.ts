import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { MergeMode } from '../../src/config/model.ts'
import { parseTagTemplate } from '../../src/domain/tag-template.ts'
import type { HistoryCommit } from '../../src/forge/forge.ts'
import type { World } from '../../src/plan/world.ts'
import { applyAction } from '../support/apply-plan.ts'
import { type Facts, planWith, silence } from '../support/facts.ts'
import { app, commit, environment, manifests, oid, onMain, world } from '../support/world.ts'

const IMAGE = 'ghcr.io/acme/web'
const REVISION = 'org.opencontainers.image.revision'
const MAIN = ['a0000001', 'a1000001', 'a2000001', 'a3000001', 'a4000001', 'a5000001']

/** Something that happens at a forge or a registry, and the moments when the bot looks. */
type Event =
  | { kind: 'push' | 'look' }
  /** A pipeline ends, with success where there is a `build`; they end in any order. */
  | { kind: 'build' | 'delete' | 'silent' | 'heard'; commit: number }

interface Story {
  /** On which older commit of main the side branch began that a commit merges; null: it is no merge. */
  merges: (number | null)[]
  events: Event[]
  merge: MergeMode
  /** CI names the commit in the tag, or counts and labels the image. */
  counted: boolean
}

const story: fc.Arbitrary<Story> = fc.record({
  merges: fc.array(fc.option(fc.nat(MAIN.length - 1)), { minLength: MAIN.length, maxLength: MAIN.length }),
  events: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('push' as const, 'look' as const) }),
      fc.record({
        kind: fc.constantFrom(
          'build' as const,
          'build' as const,
          'delete' as const,
          'silent' as const,
          'heard' as const,
        ),
        commit: fc.nat(MAIN.length - 1),
      }),
    ),
    { minLength: 5, maxLength: 40 },
  ),
  merge: fc.constantFrom<MergeMode>('auto', 'direct'),
  counted: fc.boolean(),
})

/** Children before parents: main up to a commit, with the side branches that it merged. */
function history(head: number, { merges }: Story): HistoryCommit[] {
  return MAIN.slice(0, head + 1)
    .flatMap((each, index) => {
      const [parent, side] = [MAIN[index - 1], `b${index}000001`]
      const from = merges[index] ?? null
      if (parent === undefined) return [commit(each, [])]
      if (from === null || from >= index) return [commit(each, [parent])]
      return [commit(side, [MAIN[from] ?? '']), commit(each, [parent, side])]
    })
    .toReversed()
}

class Acme {
  #head = 0
  #built = new Map<number, string>()
  #silent = new Set<number>()
  #number = 0
  #world: World

  readonly story: Story

  constructor(story: Story) {
    this.story = story
    const tag = parseTagTemplate(story.counted ? 'b{n}' : '{sha:8}')
    const ready = { image: true, checks: null, within: 3600 }
    const staging = environment({ ready, tag, merge: story.merge })
    this.#build(0)
    const rights = { merge: ['*'], direct: ['*'] }
    const from = { forge: null, glob: 'acme/web' }
    this.#world = world({
      config: { apps: [app({ environments: [staging] })] },
      offers: onMain([]),
      snapshot: manifests(this.#built.get(0) ?? '', { history: { [staging.path]: [] } }),
      policy: {
        ok: true,
        value: { accept: [{ from, images: [`${IMAGE}*`], paths: ['apps/**'], ...rights }] },
      },
    })
  }

  happens(event: Event): void {
    if (event.kind === 'push') this.#head = Math.min(this.#head + 1, MAIN.length - 1)
    else if (event.kind === 'look') this.look()
    else if (event.kind === 'build' && event.commit <= this.#head) this.#build(event.commit)
    else if (event.kind === 'delete') this.#built.delete(event.commit)
    else if (event.kind === 'silent') this.#silent.add(event.commit)
    else if (event.kind === 'heard') this.#silent.delete(event.commit)
  }

  /** One pass; the answer is how many actions it took. */
  look(): number {
    const before = this.present()
    const start = {
      ...this.#world,
      offers: onMain(history(this.#head, this.story)),
      answers: {},
      comparisons: {},
    }
    const { world: known, plan } = planWith(start, this.#facts())
    this.#world = plan.actions.reduce(applyAction, known)
    const after = this.present()
    assert.ok(after >= before, `It moved from ${before} back to ${after}.`)
    return plan.actions.length
  }

  /** Which commit of main the environment has. */
  present(): number {
    return this.#of.get(this.#tag()) ?? -1
  }

  /** The image that would tell from which commit it was built is gone. */
  isForgotten(): boolean {
    return this.story.counted && ![...this.#built.values()].includes(this.#tag())
  }

  everybodyAnswers(): void {
    this.#silent.clear()
  }

  newestReady(): number {
    return Math.max(...this.#built.keys(), -1)
  }

  /** Commits by the tags that were ever given. */
  readonly #of = new Map<string, number>()

  #tag(): string {
    const text = this.#world.manifests[0]?.snapshot?.tree[0]?.text ?? ''
    return /newTag: "?([^"\n]+)/.exec(text)?.[1] ?? ''
  }

  #build(index: number): void {
    this.#number++
    const tag = this.story.counted ? `b${this.#number}` : (MAIN[index] ?? '')
    this.#built.set(index, tag)
    this.#of.set(tag, index)
  }

  #facts(): Facts {
    const images = [...this.#built].map(([index, tag]) => [
      `${IMAGE}:${tag}`,
      { [REVISION]: oid(MAIN[index] ?? '') },
    ])
    const down = [...this.#silent].map((index) => [
      `manifest ${IMAGE} ${this.#built.get(index) ?? MAIN[index]}`,
      silence('registry-down'),
    ])
    return { images: Object.fromEntries(images), down: Object.fromEntries(down) }
  }
}

test('whatever is built, deleted or silent in whatever order: never to an ancestor, and in the end to the newest ready one', () => {
  fc.assert(
    fc.property(story, (told) => {
      const acme = new Acme(told)
      for (const event of told.events) acme.happens(event)
      acme.everybodyAnswers()
      const before = acme.present()
      let passes = 0
      while (acme.look() > 0) assert.ok(++passes < 6, 'It does not come to rest.')
      const newest = Math.max(before, acme.newestReady())
      if (!acme.isForgotten()) assert.equal(acme.present(), newest)
    }),
    { numRuns: 300 },
  )
})
