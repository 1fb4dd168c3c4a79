import { plan } from '../../src/plan/plan.ts'
import { type Answers, type Question, questionKey } from '../../src/plan/questions.ts'
import type { World } from '../../src/plan/world.ts'
import type { PageAnswer } from '../../src/probe/probe.ts'
import type { Scan, SignatureVerdict } from '../../src/registry/registry.ts'
import { silence } from './facts.ts'

/** What registries hold, as plain data; what is not said of an image is that there is none. */
export interface Shelves {
  /** Digests by `ghcr.io/acme/web:v1`. */
  tags?: Record<string, string>
  /** By digest. */
  labels?: Record<string, Record<string, string>>
  scans?: Record<string, Scan>
  signatures?: Record<string, SignatureVerdict>
  /** Names of images about which nobody answers. */
  down?: string[]
  /** Names of images that the operator does not let the source tag. */
  denied?: string[]
  /** By address; what is not said may not be asked. */
  pages?: Record<string, PageAnswer>
}

const ROUNDS = 12

/** Digest of 64 equal digits. */
export function sha256(digit: string): string {
  return `sha256:${digit.repeat(64)}`
}

/** Plans as a pass does: answers what is asked, and plans again until nothing is. */
export function planWith(shelves: Shelves, world: World) {
  const asked: string[] = []
  let answers: Answers = world.answers
  for (let round = 0; round < ROUNDS; round++) {
    const result = plan({ ...world, answers }, { confirmRemovals: false })
    if (result.questions.length === 0) return { ...result, asked, rounds: round }
    asked.push(...result.questions.map(questionKey))
    answers = { ...answers, ...answered(shelves, result.questions) }
  }
  throw new Error(`The plan asks without end: ${asked.slice(-3).join(', ')}.`)
}

function answered(
  { tags = {}, labels = {}, scans = {}, signatures = {}, down = [], denied = [], pages = {} }: Shelves,
  all: Question[],
) {
  const known = (value: unknown) => ({ known: true, value })
  const answer = (question: Question) => {
    if (question.about === 'checks') return known({ required: [], checks: [] })
    if (question.about === 'pull-request') return known('closed')
    if (question.about === 'page') {
      const page = pages[question.url]
      return page === undefined ? silence('preview-host-denied', false) : known(page)
    }
    const name = question.image.normalised
    if (down.includes(name)) {
      const reason = { code: 'registry-unavailable', message: 'The registry does not answer.' }
      return { known: false, reason, again: true, retryAt: null }
    }
    switch (question.about) {
      case 'retag':
        return denied.includes(name)
          ? { known: false, reason: { code: 'retag-denied', message: 'No.' }, again: false, retryAt: null }
          : known(true)
      case 'manifest': {
        const digest = tags[`${name}:${question.reference}`]
        return known(digest === undefined ? null : { digest, mediaType: '' })
      }
      case 'tags':
        return known(
          Object.keys(tags).flatMap((each) =>
            each.startsWith(`${name}:`) ? [each.slice(name.length + 1)] : [],
          ),
        )
      case 'labels':
        return known(labels[question.digest] ?? {})
      case 'scan':
        return known(scans[question.digest] ?? { state: 'none' })
      case 'signature':
        return known(signatures[question.digest] ?? { valid: false, reason: 'There is no signature.' })
    }
  }
  // each answer is of its question's kind
  return Object.fromEntries(all.map((question) => [questionKey(question), answer(question)])) as Answers
}
