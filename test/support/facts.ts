import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { Check } from '../../src/forge/checks.ts'
import { type Plan, plan } from '../../src/plan/plan.ts'
import { type Answer, type Known, type Question, questionKey } from '../../src/plan/questions.ts'
import { comparisonKey } from '../../src/plan/versions/lineage.ts'
import type { World } from '../../src/plan/world.ts'

/** What registries and forges would say, for a plan that asks as it goes. */
export interface Facts {
  /** `ghcr.io/acme/web:1a2b3c4`, with what its labels say. */
  images?: Record<string, Record<string, string>>
  /** By commit; what is not here has none. */
  checks?: Record<string, Check[]>
  required?: string[]
  /** Questions (by the beginning of their key) that nobody can answer, and why. */
  down?: Record<string, Extract<Answer, { known: false }>>
}

export interface Answered {
  world: World
  plan: Plan
  /** Keys of questions, round by round. */
  rounds: string[][]
}

/** Plans, answers, and plans again, as a pass does. */
export function planWith(start: World, facts: Facts): Answered {
  const rounds: string[][] = []
  let world = start
  for (let round = 0; round < 20; round++) {
    const planned = plan(world, { confirmRemovals: false })
    const { questions, comparisonsNeeded } = planned
    if (questions.length === 0 && comparisonsNeeded.length === 0) return { world, plan: planned, rounds }
    const keys = questions.map(questionKey)
    rounds.push([...new Set(keys)])
    const answers = Object.fromEntries(questions.map((each) => [questionKey(each), answer(each, facts)]))
    const comparisons = Object.fromEntries(
      comparisonsNeeded.map(({ base, head }) => [
        comparisonKey(base, head),
        { status: 'unknown' as const, commits: [], total: 0, url: '' },
      ]),
    )
    world = {
      ...world,
      answers: { ...world.answers, ...answers },
      comparisons: { ...comparisons, ...world.comparisons },
    }
  }
  assert.fail(`The plan asks for ever: ${JSON.stringify(rounds.at(-1))}`)
}

export function digestOf(reference: string): string {
  return `sha256:${createHash('sha256').update(reference).digest('hex')}`
}

export function check(name: string, state: Check['state'] = 'passed'): Check {
  return { name, state, url: `https://ci.example/${name}` }
}

/** Nobody answers, for now or until a person has mended it. */
export function silence(code: string, again = true, retryAt: Date | null = null) {
  return { known: false as const, reason: { code, message: `It said ${code}.` }, again, retryAt }
}

function answer(question: Question, facts: Facts): Answer {
  const key = questionKey(question)
  const down = Object.entries(facts.down ?? {}).find(([beginning]) => key.startsWith(beginning))
  return down === undefined ? { known: true, value: value(question, facts) } : down[1]
}

function value(
  question: Question,
  { images = {}, checks = {}, required = [] }: Facts,
): Known[Question['about']] {
  switch (question.about) {
    case 'manifest': {
      const reference = `${question.image.normalised}:${question.reference}`
      return images[reference] === undefined
        ? null
        : { digest: digestOf(reference), mediaType: 'application/vnd.oci.image.manifest.v1+json' }
    }
    case 'tags':
      return Object.keys(images).flatMap((reference) =>
        reference.startsWith(`${question.image.normalised}:`)
          ? [reference.slice(question.image.normalised.length + 1)]
          : [],
      )
    case 'labels':
      return Object.entries(images).find(([reference]) => digestOf(reference) === question.digest)?.[1] ?? {}
    case 'checks':
      return { required, checks: checks[question.commit] ?? [] }
    case 'scan':
      return { state: 'done', worst: 'none', counts: {} }
    case 'retag':
      return true
    case 'pull-request':
      return 'closed'
    case 'signature':
      return { valid: true, signer: 'the key of the team' }
    case 'page':
      return { answers: true }
  }
}
