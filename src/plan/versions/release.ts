import type { Environment, Policy } from '../../config/model.ts'
import { type ImageName, sameImage } from '../../domain/image.ts'
import { POLICY_PATH } from '../../domain/names.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import { renderTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import type { RetagWish } from '../../registry/registry.ts'
import type { Action, Reason } from '../action.ts'
import { type Answers, answerTo } from '../questions.ts'
import type { World } from '../world.ts'
import { builtTags, notBuilt } from './built-tags.ts'
import { type Place, type Readiness, type ReadinessOptions, readiness } from './ready.ts'
import { makesReleases } from './release-tags.ts'
import { allOf, asks, HOLDS, holds, lacks, unanswered, type Verdict } from './wait.ts'

/** The images of a release. */
export interface Release {
  verdict: Verdict
  /** By the normalised names of the images; {} while anything is asked or waited for. */
  digests: Record<string, string>
  /** What must be done first so that every image has the release's tag. */
  retags: RetagWish[]
  /** Where CI has pushed them. */
  places: Place[]
}

/** Whether the environment's releases get the images of their commits. */
export function isRelease({ follow, retag }: Pick<Environment, 'follow' | 'retag'>): boolean {
  return retag !== null && (follow.kind === 'tag-glob' || follow.kind === 'tag-range')
}

/**
 * The images of a release: those that CI has built for its commit, under the release's tag. They must exist and pass
 * their gates before they get it; a tag that names another image already is never moved.
 */
export function releaseOf(
  answers: Answers,
  environment: Environment,
  version: Version,
  { branch, gates = [] }: Pick<ReadinessOptions, 'branch' | 'gates'>,
): Release {
  const built = builtAs(answers, environment, version, branch)
  if (built.tag === null) return unmet(built.verdict)
  const { tag } = built
  const places = environment.images.map((image) => ({ image, at: environment.retag?.from ?? image, tag }))
  const ready = { ...environment.ready, image: true }
  const source = readiness(answers, { ...environment, ready }, version, { branch, places, gates })
  const tagged = places.map((place) => tagOf(answers, place.image, version.tag))
  const known = allOf(tagged.map(({ verdict }) => verdict))
  if (source.state === 'asks') return unmet({ asks: [...source.questions, ...known.asks], waits: [] })
  if (source.state === 'waits') return unmet({ asks: [], waits: source.waits })
  const { digests } = source
  const taken = tagged.map(({ image, digest }) => {
    const wanted = digests[image.normalised]
    return digest === null || digest === wanted
      ? HOLDS
      : lacks(tagTaken(image, version, digest, wanted), false)
  })
  const verdict = allOf([known, ...taken])
  if (!holds(verdict)) return unmet(verdict)
  const retags = tagged.flatMap(({ image, digest }) => {
    const place = places.find((each) => sameImage(each.image, image))
    const wanted = digests[image.normalised]
    return digest !== null || place === undefined || wanted === undefined
      ? []
      : [{ from: place.at, digest: wanted, to: image, tag: version.tag }]
  })
  return { verdict, digests, retags, places }
}

/** Whether the images of a release may get its tag. */
export function releaseReadiness(...release: Parameters<typeof releaseOf>): Readiness {
  const { verdict, digests } = releaseOf(...release)
  if (verdict.asks.length > 0) return { state: 'asks', questions: verdict.asks }
  return verdict.waits.length > 0 ? { state: 'waits', waits: verdict.waits } : { state: 'ready', digests }
}

/** Gives the images of a release its tag; the change request comes when the registry has them. */
export function tagRelease({ source }: World, target: string, { places, retags }: Release): Action[] {
  return retags.map((wish) => {
    const at = places.find(({ image }) => sameImage(image, wish.to))
    const message = `${wish.to.written} gets the tag ${wish.tag} for ${wish.digest}, which is ${wish.from.written}:${at?.tag ?? ''}.`
    const { repository } = source
    return { kind: 'retag', repository, target, reason: { code: 'release', message }, wish }
  })
}

/**
 * Writing to a registry needs somebody's word for it: the policy of the manifest repository names the images, and the
 * operator lets the source tag them. Without a policy people have the last word on manifests, but nobody has it on a
 * registry.
 */
export function mayTag(
  answers: Answers,
  policy: Policy | null,
  { retags }: Release,
  { path }: RepositoryId,
): Verdict {
  const [first] = retags
  if (policy === null && first !== undefined) {
    const message = `${path} has no ${POLICY_PATH}, so nothing is tagged in a registry; an entry with images: ${first.to.normalised} would have to be added to it.`
    return lacks({ code: 'retag-not-accepted', message }, false)
  }
  return allOf(
    retags.map(({ from, to }) => {
      const question = { about: 'retag' as const, image: to, from }
      const answer = answerTo(answers, question)
      if (answer === null) return asks(question)
      return answer.known ? HOLDS : lacks(answer.reason, answer.again)
    }),
  )
}

interface Tagged {
  image: ImageName
  /** Null: the tag is free, or nobody knows. */
  digest: string | null
  verdict: Verdict
}

function tagOf(answers: Answers, image: ImageName, tag: string): Tagged {
  const question = { about: 'manifest' as const, image, reference: tag }
  const answer = answerTo(answers, question)
  if (answer === null) return { image, digest: null, verdict: asks(question) }
  if (answer.known) return { image, digest: answer.value?.digest ?? null, verdict: HOLDS }
  return { image, digest: null, verdict: unanswered(`What ${image.written}:${tag} names`, answer) }
}

/**
 * The tag that CI gave the images of a release's commit: computed, or looked for where nobody can, as with numbers of CI
 * and with branches, of which a release is on none.
 */
function builtAs(
  answers: Answers,
  environment: Environment,
  { commit, tag: release }: Version,
  branch: string,
): { tag: string } | { tag: null; verdict: Verdict } {
  if (makesReleases(environment.tag)) return { tag: release }
  const commits = commit === null ? [] : [commit]
  const [computed = null] = commits.map((each) => renderTag(environment.tag, { commit: each }))
  if (computed !== null) return { tag: computed }
  const { tags, silent, verdict } = builtTags(answers, environment, { commits, present: [], branch })
  if (!holds(verdict)) return { tag: null, verdict }
  const tag = tags.get(commit ?? '')
  return tag === undefined ? { tag: null, verdict: notBuilt(release, environment, silent) } : { tag }
}

function tagTaken(image: ImageName, { tag }: Version, digest: string, wanted: string | undefined): Reason {
  const message = `${image.written}:${tag} names ${digest} already, and the image of its commit is ${wanted}. The tag of a release is never moved; make a new release.`
  return { code: 'tag-taken', message }
}

function unmet(verdict: Verdict): Release {
  return { verdict, digests: {}, retags: [], places: [] }
}
