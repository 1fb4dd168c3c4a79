import type { ImageGates, Target } from '../../config/model.ts'
import type { ImageName } from '../../domain/image.ts'
import type { Version } from '../../domain/version.ts'
import { type Answers, answerTo, type Question } from '../questions.ts'
import { imageGates } from './image-gates.ts'
import { checksOf } from './ready-checks.ts'
import { allOf, asks, HOLDS, lacks, unanswered, type Verdict, type Wait } from './wait.ts'

/** Whether a version may be a candidate. */
export type Readiness =
  /** Digests (`sha256:…`) by the normalised names of the target's images; {} where nobody has to look. */
  | { state: 'ready'; digests: Record<string, string> }
  | { state: 'waits'; waits: Wait[] }
  /** These must be answered first. */
  | { state: 'asks'; questions: Question[] }

/** Where an image of a version is looked for. */
export interface Place {
  /** As the target names it. */
  image: ImageName
  /** Another repository of the registry where CI pushes, or the same. */
  at: ImageName
  /** The tag there. */
  tag: string
}

export interface ReadinessOptions {
  /** The branch whose protection says which checks are required. */
  branch: string
  /** By default every image of the target under the version's own tag. */
  places?: readonly Place[]
  /** What else must hold, besides the target's own: what the policy of the manifest repository wants. */
  gates?: readonly ImageGates[]
}

/**
 * Whether a version is ready by its target's rules: every image exists and passes its gates, and the checks of its commit
 * have passed. What is unknown or missing is not ready. Nothing is asked where `ready: commit` and no gate want to know.
 */
export function readiness(
  answers: Answers,
  target: Target,
  version: Version,
  { branch, places, gates = [] }: ReadinessOptions,
): Readiness {
  const all = [target.gates, ...gates].filter(({ scan, signature }) => scan !== null || signature.length > 0)
  const wanted = target.ready.image || all.length > 0
  const where = wanted ? (places ?? placesOf(target, version)) : []
  const images = where.map((place) => imageAt(answers, place, all, version.tag))
  const digests = images.map(({ place, digest }) => [place.image.normalised, digest ?? ''] as const)
  const verdicts = [...images.map(({ verdict }) => verdict), checksOfCommit(answers, target, version, branch)]
  return judge(verdicts, Object.fromEntries(digests))
}

/** What is known to be missing decides at once, whatever else could be asked. */
function judge(verdicts: readonly Verdict[], digests: Record<string, string>): Readiness {
  const { asks: questions, waits } = allOf(verdicts)
  if (waits.some(({ kind }) => kind === 'lacks')) return { state: 'waits', waits }
  if (questions.length > 0) return { state: 'asks', questions }
  return waits.length > 0 ? { state: 'waits', waits } : { state: 'ready', digests }
}

/** Every image of the target under the version's own tag. */
export function placesOf({ images }: Pick<Target, 'images'>, { tag }: Pick<Version, 'tag'>): Place[] {
  return images.map((image) => ({ image, at: image, tag }))
}

/** Which images are there; what nobody could say is neither known nor missing. */
export function imagesOf(
  answers: Answers,
  places: readonly Place[],
): { questions: Question[]; digests: Record<string, string>; missing: string[] } {
  const found = places.map((place) => {
    const question = { about: 'manifest' as const, image: place.at, reference: place.tag }
    return { place, question, answer: answerTo(answers, question) }
  })
  return {
    questions: found.flatMap(({ question, answer }) => (answer === null ? [question] : [])),
    digests: Object.fromEntries(
      found.flatMap(({ place, answer }) =>
        answer?.known && answer.value !== null ? [[place.image.normalised, answer.value.digest]] : [],
      ),
    ),
    missing: found.flatMap(({ place, answer }) =>
      answer?.known && answer.value === null ? [`${place.at.written}:${place.tag}`] : [],
    ),
  }
}

interface Found {
  place: Place
  digest: string | null
  verdict: Verdict
}

function imageAt(answers: Answers, place: Place, gates: readonly ImageGates[], version: string): Found {
  const question = { about: 'manifest' as const, image: place.at, reference: place.tag }
  const name = `${place.at.written}:${place.tag}`
  const answer = answerTo(answers, question)
  if (answer === null) return { place, digest: null, verdict: asks(question) }
  if (!answer.known) {
    return { place, digest: null, verdict: unanswered(`Whether ${version} has its image ${name}`, answer) }
  }
  if (answer.value === null) {
    const message = `${version} waits for its image ${name}.`
    return { place, digest: null, verdict: lacks({ code: 'waits-for-image', message }, true) }
  }
  const { digest } = answer.value
  const gated = { image: place.at, digest, tag: version }
  return { place, digest, verdict: allOf(gates.map((each) => imageGates(answers, each, gated))) }
}

/** The verdict of the target's `ready.checks` on the commit of a version. */
function checksOfCommit(
  answers: Answers,
  { ready }: Target,
  { commit, tag }: Version,
  branch: string,
): Verdict {
  if (ready.checks === null) return HOLDS
  if (commit !== null) return checksOf(answers, ready.checks, { commit, branch, tag })
  return lacks(
    { code: 'no-commit', message: `${tag} names no commit whose checks could be looked at.` },
    false,
  )
}
