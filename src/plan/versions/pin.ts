import type { Environment } from '../../config/model.ts'
import type { Version } from '../../domain/version.ts'
import type { Reason } from '../action.ts'
import { type Answers, answerTo } from '../questions.ts'
import { allOf, asks, HOLDS, lacks, unanswered, type Verdict } from './wait.ts'

/** Each digest that stands in the manifests, with the tag beside it, by the normalised name of its image. */
export type PresentDigests = Readonly<Record<string, readonly { tag: string | null; digest: string }[]>>

/** Whether digests are written where there are none yet. A rule that looks at digests says nothing without. */
export function writesDigests({ pin, follow }: Pick<Environment, 'pin' | 'follow'>): boolean {
  return pin || follow.kind === 'registry-digest'
}

/**
 * The version with the digests of its images, where they are to be written or stand in the manifests already: one that
 * is not brought up to date would win over the tag. Where no registry can be asked, manifests that are not to hold a
 * digest lose it.
 */
export function withDigests(
  answers: Answers,
  environment: Environment,
  version: Version,
  present: PresentDigests,
): { version: Version; verdict: Verdict } {
  const wanted = environment.images.filter(
    ({ normalised }) => writesDigests(environment) || present[normalised] !== undefined,
  )
  const found = wanted.map((image) => {
    const known = version.digests?.[image.normalised]
    if (known !== undefined) return { image, digest: known, verdict: HOLDS }
    const question = { about: 'manifest' as const, image, reference: version.tag }
    const answer = answerTo(answers, question)
    const name = `${image.written}:${version.tag}`
    if (answer === null) return { image, digest: null, verdict: asks(question) }
    if (answer.known && answer.value !== null) return { image, digest: answer.value.digest, verdict: HOLDS }
    const mayGo = !writesDigests(environment) && (answer.known || !answer.again)
    const message = `${version.tag} waits for its image ${name}, whose digest is to be written.`
    const unmet = answer.known
      ? lacks({ code: 'waits-for-image', message }, true)
      : unanswered(`The digest of ${name}`, answer)
    return { image, digest: null, verdict: mayGo ? HOLDS : unmet }
  })
  const digests = found.flatMap(({ image, digest }) =>
    digest === null ? [] : [[image.normalised, digest] as const],
  )
  return {
    version: { ...version, digests: { ...version.digests, ...Object.fromEntries(digests) } },
    verdict: allOf(found.map(({ verdict }) => verdict)),
  }
}

/**
 * What tells the version from others: its tag, and where digests are written the beginning of each, for the same tag
 * may come again with another image.
 */
function versionName(environment: Environment, { tag, digests = {} }: Version): string {
  if (!writesDigests(environment)) return tag
  const known = environment.images.flatMap(({ normalised }) => digests[normalised] ?? [])
  return known.length === 0 ? tag : `${tag}@${known.map(short).join('+')}`
}

/**
 * Why manifests that have the version's tag with another digest are left as they are: a tag that was deployed is not
 * to mean something else. Null where it does not, or where the rule is to follow it.
 */
export function movedTag(
  { follow, images }: Environment,
  { tag, digests = {} }: Version,
  present: PresentDigests,
): Reason | null {
  if (follow.kind === 'registry-digest') return null
  const moved = images.find((image) => {
    const now = digests[image.normalised]
    return (
      now !== undefined && present[image.normalised]?.some((each) => each.tag === tag && each.digest !== now)
    )
  })
  if (moved === undefined) return null
  const before = present[moved.normalised]?.find((each) => each.tag === tag)?.digest
  const message = `The tag ${tag} of ${moved.written} names ${digests[moved.normalised]} now, and the manifests have it as ${before}. A tag that was deployed is not followed to another image; push a new one.`
  return { code: 'tag-moved', message }
}

/** What a version is called: to people, and where it must not be taken for another. */
export interface VersionNames {
  /** What the manifests have; null where that cannot be told. */
  from: string | null
  to: string
  /** As versionName() has it. */
  key: string
}

/** Where the rule looks at digests they are shown as well; else the tags say enough. */
export function namesOf(
  environment: Environment,
  version: Version,
  shown: readonly string[],
  present: PresentDigests,
): VersionNames {
  const key = versionName(environment, version)
  const joined = (names: readonly string[]) => (names.length === 0 ? null : names.join(', '))
  if (environment.follow.kind !== 'registry-digest') return { from: joined(shown), to: version.tag, key }
  const digests = environment.images.flatMap(({ normalised }) => present[normalised] ?? [])
  const withDigest = shown.map((tag) => {
    const own = digests.filter((each) => each.tag === tag).map(({ digest }) => short(digest))
    return own.length === 0 ? tag : `${tag}@${[...new Set(own)].join('+')}`
  })
  const alone = digests.filter(({ tag }) => tag === null).map(({ digest }) => `@${short(digest)}`)
  return { from: joined([...withDigest, ...new Set(alone)]), to: key, key }
}

/** Why a version is written whose tag the manifests have already; null where its tag is new to them. */
export function sameTagReason(
  environment: Environment,
  { tag }: Version,
  present: readonly { tag: string }[],
  digests: PresentDigests,
): Reason | null {
  const [image] = environment.images
  const isSame =
    present.length === 0 ? Object.keys(digests).length > 0 : present.every((each) => each.tag === tag)
  if (!writesDigests(environment) || !isSame || image === undefined) return null
  const isPinned = environment.images.every(({ normalised }) => digests[normalised] !== undefined)
  return isPinned
    ? { code: 'digest-moved', message: `The tag ${tag} of ${image.written} names another image now.` }
    : { code: 'digest-pinned', message: `The digest of ${image.written}:${tag} is written beside its tag.` }
}

/** What a digest is shown by among tags: 12 of its digits. */
function short(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1).slice(0, 12)
}
