import type { App, Environment, ImageGates } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import { asPresent, type Present, presentVersions } from '../environments/present.ts'
import type { Wish } from '../environments/wish.ts'
import { whyOf } from '../explain/lock.ts'
import type { World } from '../world.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { relateToPresent, worstOf } from './direction.ts'
import { givenCandidate } from './given-candidate.ts'
import { registryCandidate } from './registry-candidate.ts'
import { isRegistryRule } from './registry-tags.ts'
import { upstreamCandidate } from './upstream-candidate.ts'

/** What the plan knows when it looks for the version that an environment should have. */
export interface Seeking {
  /** What the manifests say now. */
  says: readonly FieldValues[]
  /** What the policy of the manifest repository wants of images. */
  gates: readonly ImageGates[]
  wish: Wish | null
}

/** The version that an environment should have, and whose wish it is; null: its rule's. */
export interface Sought {
  candidate: Candidate
  wish: Wish | null
}

/** What a person wishes comes before the rule: a lock's version always, a promoted one until the rule has moved on. */
export function seek(world: World, app: App, environment: Environment, seeking: Seeking): Sought {
  const { says, wish } = seeking
  if (wish?.kind === 'pin') {
    const present = presentVersions(world, environment, says, wish.version)
    return { candidate: wished(world, environment, seeking, { present, wish }), wish }
  }
  const candidate = ruledCandidate(world, app, environment, seeking)
  if (wish === null || candidate.state === 'asks') return { candidate, wish: null }
  const stands = stillWished(world, environment, candidate, wish)
  if (typeof stands !== 'boolean') return { candidate: stands, wish }
  if (!stands) return { candidate, wish: null }
  return { candidate: wished(world, environment, seeking, { present: candidate.present, wish }), wish }
}

/** The version of its `follow` rule. */
function ruledCandidate(
  world: World,
  app: App,
  environment: Environment,
  { says, gates }: Pick<Seeking, 'says' | 'gates'>,
): Candidate {
  if (environment.upstream !== null) return upstreamCandidate(world, app, environment, { says, gates })
  return isRegistryRule(environment.follow)
    ? registryCandidate(world, environment, says, gates)
    : candidateOf(world, app, environment, says, gates)
}

type Asks = Extract<Candidate, { state: 'asks' }>

/**
 * Whether a promotion still counts: not where the environment has that version or a newer one, nor where the rule has
 * one by now that is newer than it, and that it did not have when this was said.
 */
function stillWished(
  world: World,
  environment: Environment,
  rule: Exclude<Candidate, Asks>,
  { version, instead }: Wish,
): boolean | Asks {
  const has = rule.present.length > 0 && rule.present.every(({ tag }) => tag === version.tag)
  if (has) return false
  const gone = relateToPresent(world, environment, rule.present, version)
  const isOther = rule.state === 'found' && ![version.tag, instead].includes(rule.version.tag)
  const newer = isOther ? relateToPresent(world, environment, [asPresent(version)], rule.version) : []
  const comparisons = [...gone, ...newer].flatMap((relation) =>
    relation.kind === 'not-read' ? [{ base: relation.base, head: relation.head }] : [],
  )
  if (comparisons.length > 0) return { state: 'asks', questions: [], comparisons }
  return worstOf(gone)?.kind !== 'backward' && worstOf(newer)?.kind !== 'forward'
}

/** It must be ready like any other; only the checks of a version that is brought back are not looked at again. */
function wished(
  world: World,
  environment: Environment,
  { gates }: Seeking,
  { present, wish }: { present: Present[]; wish: Wish },
): Candidate {
  const { tag, commit } = wish.version
  const why = wishSentence(wish)
  const checks = wish.kind === 'promotion'
  return givenCandidate(world, environment, { tag, commit }, { present, why, gates, checks })
}

/** Begins a sentence, as `why` of a candidate does; may hold foreign text. */
function wishSentence({ kind, said }: Wish): string {
  return kind === 'pin'
    ? `${said.by} wants it to be brought back and held there${whyOf(said)}`
    : `${said.by} has promoted it${whyOf(said)}`
}
