import type { Environment } from '../../config/model.ts'
import { readTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import { asPresent, asVersion, type Present } from '../environments/present.ts'
import type { World } from '../world.ts'
import { compareBuilt } from './built-tags.ts'
import { commitGraph, comparisonKey, type Relation, relate } from './lineage.ts'
import { comparedBy, compareRuled } from './registry-tags.ts'
import { compareReleases, releaseWith, ruleKnows } from './release-tags.ts'

/** From worst to best: an environment whose manifests show several versions is judged by the worst. */
const ORDER = ['not-read', 'backward', 'diverged', 'forward', 'unknown', 'same'] as const

/**
 * Where the candidate lies, seen from each of the versions that the manifests have now: environments that follow a
 * branch go by ancestry, those that follow tags by the order of versions.
 */
export function relateToPresent(
  world: World,
  environment: Environment,
  present: readonly Present[],
  candidate: Version,
): Relation[] {
  return otherThan(candidate, present).map((each) =>
    relationBy(environment)(world, environment, each, candidate),
  )
}

/** The same from the other side: the commits of a forward relation are those that going there takes back. */
export function takenBack(
  world: World,
  environment: Environment,
  present: readonly Present[],
  candidate: Version,
): Relation[] {
  return otherThan(candidate, present).map((each) =>
    relationBy(environment)(world, environment, asPresent(candidate), asVersion(world, environment, each)),
  )
}

function otherThan(candidate: Version, present: readonly Present[]): Present[] {
  return present.filter(({ tag }) => tag !== candidate.tag)
}

type Relate = (world: World, environment: Environment, present: Present, candidate: Version) => Relation

function relationBy({ follow }: Environment): Relate {
  switch (follow.kind) {
    case 'branch':
      return byAncestryOrCount
    case 'tag-glob':
    case 'tag-range':
      return byVersion
    default:
      return byRule
  }
}

/** The relation that decides; null when there are none. */
export function worstOf(relations: readonly Relation[]): Relation | null {
  return ORDER.flatMap((kind) => relations.filter((relation) => relation.kind === kind))[0] ?? null
}

/** Where an image that is gone cannot say its commit any more, the count in its tag still does. */
function byAncestryOrCount(
  world: World,
  { tag: template }: Environment,
  present: Present,
  candidate: Version,
): Relation {
  const counted =
    present.commit === null && [present.tag, candidate.tag].every((tag) => readTag(template, tag))
  return counted && compareBuilt(template, present.tag, candidate.tag) > 0
    ? { kind: 'backward' }
    : byAncestry(world, present, candidate)
}

function byAncestry(world: World, { commit }: Present, candidate: Version): Relation {
  if (commit === null || candidate.commit === null) return { kind: 'unknown' }
  return relate(commitGraph(world.offers), world.comparisons, commit, candidate.commit)
}

/** The comparison only tells which commits come: releases may be made on branches of their own. */
function byVersion(world: World, environment: Environment, present: Present, candidate: Version): Relation {
  const { tag } = present
  if (!ruleKnows(environment, tag)) {
    const relation = byAncestry(world, present, candidate)
    return relation.kind === 'diverged' ? { kind: 'unknown' } : relation
  }
  if (compareReleases(environment, tag, candidate.tag) > 0) return { kind: 'backward' }
  const known = releaseWith(environment, world.offers, tag)
  if (known === undefined || candidate.commit === null) return { kind: 'unknown' }
  const relation = relate(commitGraph(world.offers), world.comparisons, known.commit, candidate.commit)
  if (relation.kind === 'forward' || relation.kind === 'not-read') return relation
  const comparison = world.comparisons[comparisonKey(known.commit, candidate.commit)]
  const commits = comparison?.status === 'diverged' ? comparison.commits.toReversed() : []
  return { kind: 'forward', commits, total: comparison?.total ?? 0, complete: true }
}

/** By the order of a registry rule; a tag that it says nothing of has no place in it. Commits are for people. */
function byRule(world: World, environment: Environment, present: Present, candidate: Version): Relation {
  const before = comparedBy(environment, present.tag)
  const after = comparedBy(environment, candidate.tag)
  if (before !== null && after !== null && compareRuled(environment, before, after) > 0)
    return { kind: 'backward' }
  const relation = byAncestry(world, present, candidate)
  if (relation.kind === 'forward' || relation.kind === 'not-read') return relation
  return { kind: 'forward', commits: [], total: 0, complete: true }
}
