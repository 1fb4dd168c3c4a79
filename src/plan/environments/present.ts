import type { Environment } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import { TAG_PATTERN } from '../../domain/image.ts'
import { versionIn } from '../../domain/semantic-version.ts'
import { readTag, renderTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import type { Answers } from '../questions.ts'
import { imageCommit } from '../versions/image-commit.ts'
import { commitGraph, findCommit } from '../versions/lineage.ts'
import { imageTagOf, releaseWith } from '../versions/release-tags.ts'
import { allOf, HOLDS, type Verdict } from '../versions/wait.ts'
import type { World } from '../world.ts'

/** A version that the manifests have now, as far as it can be told from what they say. */
export interface Present {
  /** For people: as it stands there, or the tag of the commit that stands there. */
  shown: string
  /** The tag that it is compared by. */
  tag: string
  /** A commit id, perhaps abbreviated; null where what stands there names none. */
  commit: string | null
}

/** The versions that places in the manifests say, each once. */
export function presentVersions(
  world: World,
  environment: Environment,
  says: readonly FieldValues[],
  candidate: Version,
): Present[] {
  const read = environment.follow.kind === 'branch' ? onBranch : ofTags
  const found = says.flatMap((values) => read(values, { world, environment, candidate }) ?? [])
  return [...new Map(found.map((present) => [present.shown, present])).values()]
}

/**
 * The same versions, each with its commit where the image that stands there tells it: a tag that the template does not
 * explain may still have come from a commit that is newer than the candidate.
 */
export function withCommits(
  answers: Answers,
  { images: [image] }: Environment,
  present: readonly Present[],
): { present: Present[]; verdict: Verdict } {
  const found = present.map((each) => {
    if (image === undefined || each.commit !== null || !TAG_PATTERN.test(each.tag))
      return { each, verdict: HOLDS }
    const { commit, verdict } = imageCommit(answers, image, each.tag)
    return { each: { ...each, commit }, verdict }
  })
  return { present: found.map(({ each }) => each), verdict: allOf(found.map(({ verdict }) => verdict)) }
}

/** A version as if it stood in the manifests. */
export function asPresent({ tag, commit }: Version): Present {
  return { shown: tag, tag, commit }
}

/** The version that stands there, with its whole commit where one is known. */
export function asVersion(
  { offers }: Pick<World, 'offers'>,
  environment: Environment,
  present: Present,
): Version {
  const { tag, commit } = present
  const release = environment.follow.kind === 'branch' ? undefined : releaseWith(environment, offers, tag)
  const known = commit === null ? null : findCommit(commitGraph(offers), commit)
  return { tag, commit: known ?? release?.commit ?? commit }
}

interface Context {
  world: World
  environment: Environment
  candidate: Version
}

/** A commit in full is shown by the tag that its image has. */
function onBranch({ tag, sha, version }: FieldValues, { environment }: Context): Present | null {
  const branch = environment.follow.kind === 'branch' ? environment.follow.branch : undefined
  const stated =
    tag === undefined ? null : (readTag(environment.tag, tag)?.sha ?? (isCommit(tag) ? tag : null))
  const commit = sha ?? stated
  const full = commit !== null && isCommit(commit) ? renderTag(environment.tag, { commit, branch }) : null
  const shown = tag !== undefined && !isCommit(tag) ? tag : (full ?? tag ?? commit ?? version)
  return shown === undefined ? null : { shown, tag: shown, commit }
}

/** A version without the rest of its tag, and a commit, are compared by their tag where one is known. */
function ofTags(
  { tag, sha, version }: FieldValues,
  { world: { offers }, environment, candidate }: Context,
): Present | null {
  const commit = sha ?? (tag !== undefined && isCommit(tag) ? tag : null)
  if (tag !== undefined && !isCommit(tag)) {
    const isKnown = releaseWith(environment, offers, tag) !== undefined
    return { shown: tag, tag: isKnown ? tag : (likeCandidate(tag, candidate.tag) ?? tag), commit }
  }
  const whole = version === undefined ? undefined : (likeCandidate(version, candidate.tag) ?? version)
  if (whole !== undefined) return { shown: whole, tag: whole, commit }
  if (commit === null) return null
  const known = candidate.commit?.startsWith(commit) ? candidate.tag : null
  const release = offers.tags.items.find((each) => each.commit.startsWith(commit))
  const made = release === undefined ? null : imageTagOf(environment, release)
  const shown = known ?? made ?? commit.slice(0, 12)
  return { shown, tag: shown, commit }
}

/** `v1.2.3` for `1.2.3`, when the candidate is `v1.3.0`. */
function likeCandidate(version: string, candidate: string): string | null {
  const wanted = versionIn(candidate)?.raw
  if (wanted === undefined || versionIn(version)?.raw !== version) return null
  return candidate.slice(0, candidate.length - wanted.length) + version
}

function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}
