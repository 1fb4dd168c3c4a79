import type { App, Environment, Follow, ImageGates } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import type { Version } from '../../domain/version.ts'
import type { SourceSnapshot } from '../../forge/forge.ts'
import type { Waiting } from '../action.ts'
import { type Present, presentVersions, withCommits } from '../environments/present.ts'
import { answerTo } from '../questions.ts'
import type { World } from '../world.ts'
import type { Candidate } from './candidate.ts'
import { choicesOf, versionOf } from './choices.ts'
import { relateToPresent, worstOf } from './direction.ts'
import { imageCommit } from './image-commit.ts'
import { readiness } from './ready.ts'
import { highest, isRegistryRule, type RuledTag, ruledTags } from './registry-tags.ts'
import { allOf, asks, HOLDS, unanswered, type Verdict } from './wait.ts'

/** How many tags are looked at, from the highest down, when those above are not ready. */
const MOST = 10

/**
 * A version to try an edit with before any registry was asked, for no registry is asked for a source that may not
 * change the manifests; a reason where there can be none.
 */
export function probeVersion(app: App, environment: Environment, offers: SourceSnapshot) {
  const { follow } = environment
  if (follow.kind === 'registry-digest')
    return { version: { tag: follow.tag, commit: null }, shown: follow.tag }
  if (isRegistryRule(follow)) return { version: { tag: '0.0.0', commit: null }, shown: null }
  const offered = choicesOf(app, environment, offers)
  if (offered.choices === null) return { version: null, reason: offered.reason }
  const version = versionOf(offered.choices[0])
  return { version, shown: version.tag }
}

/**
 * The version that a registry rule takes: the highest tag that every image of the environment has, or whatever a tag
 * names now. Decides by the order of the rule alone; the commit, where an image tells it, is for people.
 */
export function registryCandidate(
  world: World,
  environment: Environment,
  says: readonly FieldValues[],
  gates: readonly ImageGates[],
): Candidate {
  const { follow } = environment
  const present = presentVersions(world, environment, says, { tag: '', commit: null })
  const listed: Listed =
    follow.kind === 'registry-digest'
      ? { tags: [{ tag: follow.tag, text: follow.tag }], verdict: HOLDS }
      : listedTags(world, environment)
  if (listed.verdict.asks.length > 0) return asking(listed.verdict)
  const [first] = listed.tags
  if (listed.verdict.waits.length > 0 || first === undefined)
    return without(environment, present, listed.verdict)
  return walk(world, environment, listed.tags, { present, gates })
}

interface Listed {
  /** Highest first. */
  tags: RuledTag[]
  verdict: Verdict
}

function listedTags({ answers }: World, environment: Environment): Listed {
  const { images } = environment
  const lists = images.map((image) => {
    const question = { about: 'tags' as const, image }
    const answer = answerTo(answers, question)
    if (answer === null) return { tags: [], verdict: asks(question) }
    if (answer.known) return { tags: answer.value, verdict: HOLDS }
    return { tags: [], verdict: unanswered(`Which tags ${image.written} has`, answer) }
  })
  const [first = [], ...others] = lists.map(({ tags }) => tags)
  const sets = others.map((tags) => new Set(tags))
  const common = ruledTags(environment, first).filter(({ tag }) => sets.every((set) => set.has(tag)))
  return { tags: highest(environment, common, MOST), verdict: allOf(lists.map(({ verdict }) => verdict)) }
}

function walk(
  world: World,
  environment: Environment,
  tags: readonly RuledTag[],
  { present, gates }: { present: Present[]; gates: readonly ImageGates[] },
): Candidate {
  const target = { ...environment, ready: { ...environment.ready, image: true, checks: null } }
  const waiting: Waiting[] = []
  for (const { tag } of tags) {
    const version: Version = { tag, commit: null }
    const why = whyOf(environment, tag === tags[0]?.tag)
    const found = { state: 'found' as const, version, why, present, waiting, vanished: [] }
    const isDeployed = present.length > 0 && present.every((each) => each.tag === tag)
    if (isDeployed && environment.follow.kind !== 'registry-digest') return found
    if (worstOf(relateToPresent(world, environment, present, version))?.kind === 'backward') {
      if (waiting.length === 0) return found
      break
    }
    const ready = readiness(world.answers, target, version, { branch: '', gates })
    if (ready.state === 'asks') return { state: 'asks', questions: ready.questions, comparisons: [] }
    if (ready.state === 'ready') return withCommit(world, environment, found, ready.digests)
    waiting.push({ version: tag, waits: ready.waits })
    if (ready.waits.every(({ kind }) => kind === 'unknown')) break
  }
  return without(environment, present, { asks: [], waits: waiting.flatMap(({ waits }) => waits) }, waiting)
}

type Found = Extract<Candidate, { state: 'found' }>

/** An image that does not say where it comes from is as good a version; only its commits cannot be listed. */
function withCommit(
  { answers }: World,
  environment: Environment,
  found: Found,
  digests: Record<string, string>,
): Candidate {
  const { tag } = found.version
  const [image] = environment.images
  const built = image === undefined ? null : imageCommit(answers, image, tag)
  const isSame = found.present.every((each) => each.tag === tag)
  const known = isSame
    ? { present: found.present, verdict: HOLDS }
    : withCommits(answers, environment, found.present)
  const questions = [...(built?.verdict.asks ?? []), ...known.verdict.asks]
  if (questions.length > 0) return { state: 'asks', questions, comparisons: [] }
  const version = { tag, commit: built?.commit ?? null, digests }
  return { ...found, version, present: known.present }
}

function whyOf({ follow, tags: { extract }, images: [image] }: Environment, isFirst: boolean): string {
  const among = `among the tags of ${image?.written}`
  const ready = isFirst ? '' : ', and that is ready'
  const compared = extract === null ? '' : `, compared by what ${extract} finds in them`
  switch (follow.kind) {
    case 'registry-digest':
      return `It is the image that ${image?.written}:${follow.tag} names now`
    case 'registry-range':
      return `It is the highest version ${among} that is in the range ${follow.range}${ready}${compared}`
    default:
      return `It is the highest in natural order ${among} that match ${ruleOf(follow)}${ready}${compared}`
  }
}

function ruleOf(follow: Follow): string {
  if (follow.kind === 'registry-range') return follow.range
  return follow.kind === 'registry-newest' ? follow.glob : ''
}

function without(
  { follow, images }: Environment,
  present: Present[],
  { waits }: Verdict,
  waiting: Waiting[] = [],
): Candidate {
  const names = images.map(({ written }) => written).join(' and ')
  const message = `No tag of ${names} matches "${ruleOf(follow)}" yet.`
  const reason = waits[0]?.reason ?? { code: 'no-matching-tag', message }
  return { state: 'none', reason, present, waiting }
}

function asking({ asks: questions }: Verdict): Candidate {
  return { state: 'asks', questions, comparisons: [] }
}
