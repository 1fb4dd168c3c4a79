import { globMatches } from '../domain/glob.ts'
import type { ImageName } from '../domain/image.ts'
import { POLICY_PATH } from '../domain/names.ts'
import { type RepositoryId, repositoryKey, repositoryOwner } from '../domain/repository.ts'
import { ofEnvironment } from './by-environment.ts'
import type { Accept, ImageGates, MergeMode, Policy, Reviewer } from './model.ts'

/** What an application repository asks of a manifest repository. */
export interface ConsentRequest {
  /** The environment's name, or `previews`. */
  name: string
  /** Every file that is to be written, or a directory of which all may be; no globs, no variables. */
  paths: string[]
  images: ImageName[]
  merge: MergeMode
  /** Branch of the change request; absent: one below `supercargo/`, which needs nobody's consent. */
  branch?: string
}

type Wanted = Pick<ConsentRequest, 'paths' | 'images' | 'branch'>

/** One reason code and one whole sentence, with what a person would have to do. */
export interface ConsentReason {
  code:
    | 'no-policy-other-owner'
    | 'no-policy'
    | 'source-not-accepted'
    | 'path-not-accepted'
    | 'image-not-accepted'
    | 'branch-not-accepted'
    | 'merge-not-accepted'
    | 'direct-not-accepted'
    | 'promote-not-accepted'
  message: string
}

export type Decision =
  | { allowed: false; reason: ConsentReason }
  /**
   * `downgraded` says why `merge` is less than what was asked for; `gates` hold for every image, each in addition to
   * the others and to what the application says. `reviewers` are to be asked, each once; absent: nobody.
   */
  | {
      allowed: true
      merge: MergeMode
      downgraded: ConsentReason | null
      gates: ImageGates[]
      reviewers?: Reviewer[]
    }

/**
 * May the source write this, and how may it get in? The manifest repository decides: an entry counts only when
 * it accepts the source, every path and every image; several that count add up.
 * @param policy null when the manifest repository has no policy file. Never pass null for a broken one: what
 * has problems accepts nothing.
 */
export function decide(
  policy: Policy | null,
  source: RepositoryId,
  manifests: RepositoryId,
  target: ConsentRequest,
): Decision {
  if (policy === null) return withoutPolicy(source, manifests, target)
  const entries = policy.accept.filter((entry) => acceptsSource(entry, source))
  const whole = acceptingEntries(policy, source, target)
  if (whole.length > 0) {
    const reviewers = reviewersOf(whole, target)
    const granted = { ...grant(whole, manifests, target), gates: gatesOf(entries, target) }
    return reviewers.length === 0 ? granted : { ...granted, reviewers }
  }
  const nearest = entries.map((entry) => shortfall(entry, target)).sort(byNearness)[0]
  return refuse(
    manifests,
    nearest ?? { code: 'source-not-accepted', what: 'from', value: named(source, manifests) },
  )
}

/** The entries that accept the source, every path and every image. */
export function acceptingEntries(policy: Policy, source: RepositoryId, target: Wanted): Accept[] {
  return policy.accept.filter((entry) => acceptsSource(entry, source) && shortfall(entry, target) === null)
}

/**
 * Why the source may change nothing at all there; null when something is open to it. To such a source nothing
 * is told of what the manifest repository holds (requirement 13 of the security requirements).
 */
export function refusesSource(
  policy: Policy | null,
  source: RepositoryId,
  manifests: RepositoryId,
): ConsentReason | null {
  const nothing = { name: '', paths: [], images: [], merge: 'review' as const }
  const decision = decide(policy, source, manifests, nothing)
  return decision.allowed ? null : decision.reason
}

interface Shortfall {
  code: ConsentReason['code']
  what: 'from' | 'paths' | 'images' | 'branches'
  /** What would have to be added to `what`. */
  value: string
}

function acceptsSource({ from }: Accept, source: RepositoryId): boolean {
  const forge = from.forge === null || from.forge === source.forge
  return forge && globMatches(from.glob.toLowerCase(), source.path.toLowerCase())
}

/** The first thing that an entry does not accept. */
function shortfall(entry: Accept, target: Wanted): Shortfall | null {
  const path = target.paths.find((each) => !entry.paths.some((glob) => acceptsPath(glob, each)))
  if (path !== undefined) return { code: 'path-not-accepted', what: 'paths', value: path }
  const image = target.images.find((each) => !entry.images.some((glob) => globMatches(glob, each.normalised)))
  if (image !== undefined) return { code: 'image-not-accepted', what: 'images', value: image.normalised }
  const { branch } = target
  if (branch !== undefined && !entry.branches?.some((glob) => globMatches(glob, branch)))
    return { code: 'branch-not-accepted', what: 'branches', value: branch }
  return null
}

/** `apps/web/**` also accepts the directory itself, where its files are not known yet. */
function acceptsPath(glob: string, path: string): boolean {
  return globMatches(glob, path) || (glob.endsWith('/**') && globMatches(glob.slice(0, -3), path))
}

/** An entry that only lacks a branch is nearer than one that lacks an image, and that than one that lacks a path. */
function byNearness(a: Shortfall | null, b: Shortfall | null): number {
  const rank = (shortfall: Shortfall | null) =>
    ['from', 'paths', 'images', 'branches'].indexOf(shortfall?.what ?? '')
  return rank(b) - rank(a)
}

const LACKS = {
  from: 'accepts nothing from this repository; an entry with from:',
  paths: 'does not accept this path; the paths of an entry would have to match',
  images: 'does not accept this image; the images of an entry would have to match',
  branches: 'does not let change requests use this branch; the branches of an entry would have to match',
}

function refuse(manifests: RepositoryId, { code, what, value }: Shortfall): Decision {
  const message = `${POLICY_PATH} in ${manifests.path} ${LACKS[what]} ${value}${what === 'from' ? ' would have to be added' : ''}.`
  return { allowed: false, reason: { code, message } }
}

/** Without a policy, people of the same owner may be asked to merge, and nothing more. */
function withoutPolicy(source: RepositoryId, manifests: RepositoryId, target: ConsentRequest): Decision {
  const owner = repositoryOwner(manifests)
  if (source.forge !== manifests.forge || repositoryOwner(source).toLowerCase() !== owner.toLowerCase()) {
    const message = `${manifests.path} has no ${POLICY_PATH}, so only repositories of ${owner} may change it; an entry with from: ${named(source, manifests)} would have to be added.`
    return { allowed: false, reason: { code: 'no-policy-other-owner', message } }
  }
  if (target.branch !== undefined) {
    const message = `${manifests.path} has no ${POLICY_PATH}, so change requests use branches below supercargo/ only; branches: ${target.branch} would have to be added to it.`
    return { allowed: false, reason: { code: 'branch-not-accepted', message } }
  }
  if (target.merge === 'review') return { allowed: true, merge: 'review', downgraded: null, gates: [] }
  const message = `${manifests.path} has no ${POLICY_PATH}, so people must merge what would be merge: ${target.merge}.`
  return { allowed: true, merge: 'review', downgraded: { code: 'no-policy', message }, gates: [] }
}

/** Of entries that name any of the files and any of the images: one more image is no way around a gate. */
function gatesOf(entries: Accept[], { paths, images }: ConsentRequest): ImageGates[] {
  return entries
    .filter(
      (entry) =>
        entry.paths.some((glob) => paths.some((path) => acceptsPath(glob, path))) &&
        entry.images.some((glob) => images.some(({ normalised }) => globMatches(glob, normalised))),
    )
    .flatMap(({ gates }) => gates ?? [])
}

function reviewersOf(entries: Accept[], { name }: ConsentRequest): Reviewer[] {
  const all = entries.flatMap(({ reviewers }) => ofEnvironment(reviewers, name))
  return [...new Map(all.map((each) => [JSON.stringify(each).toLowerCase(), each])).values()]
}

type Grant = Omit<Extract<Decision, { allowed: true }>, 'gates' | 'reviewers'>

function grant(entries: Accept[], manifests: RepositoryId, target: ConsentRequest): Grant {
  const wanted = target.merge
  const key = wanted === 'auto' ? 'merge' : 'direct'
  const names = entries.flatMap((entry) => entry[key])
  if (wanted === 'review' || names.includes(target.name) || names.includes('*'))
    return { allowed: true, merge: wanted, downgraded: null }
  const message = `${POLICY_PATH} in ${manifests.path} does not list ${target.name} under ${key}:, so people must merge what would be merge: ${wanted}.`
  return { allowed: true, merge: 'review', downgraded: { code: `${key}-not-accepted`, message } }
}

/** The source as `from:` would name it. */
function named(source: RepositoryId, manifests: RepositoryId): string {
  return source.forge === manifests.forge ? source.path : repositoryKey(source)
}
