import type { App, Environment, ImageGates } from '../../config/model.ts'
import type { FieldValues } from '../../domain/field-value.ts'
import { readTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import type { Reason, Waiting } from '../action.ts'
import { type Present, presentVersions, withCommits } from '../environments/present.ts'
import type { Answers, Question } from '../questions.ts'
import type { World } from '../world.ts'
import { nameChoices, waitingFor } from './choice-tags.ts'
import { type Choice, choicesOf, versionOf } from './choices.ts'
import { relateToPresent, worstOf } from './direction.ts'
import type { Relation } from './lineage.ts'
import { imagesOf, placesOf, type Readiness, readiness } from './ready.ts'
import { isRelease, releaseReadiness } from './release.ts'
import { HOLDS, holds, type Verdict } from './wait.ts'

/** The version that an environment should have by its `follow` rule. */
export type Candidate =
  | {
      state: 'found'
      version: Version
      /** Begins a sentence: `It is the newest commit of branch main`. */
      why: string
      present: Present[]
      /** Newer versions that are not ready, newest first. */
      waiting: Waiting[]
      /** Images of the version that is deployed which are no longer in their registry. */
      vanished: string[]
    }
  | {
      state: 'none'
      reason: Reason
      present: Present[]
      waiting: Waiting[]
    }
  /** These must be answered and compared first. */
  | { state: 'asks'; questions: Question[]; comparisons: Comparing[] }

interface Comparing {
  base: string
  head: string
}

/**
 * The newest version that is ready, and that what is deployed does not already contain. An older one is looked for only
 * past those that are known not to be ready: where nobody can say whether a newer one is, the environment waits, or it
 * would get versions in turns. What is deployed is not judged again; that its image is gone is told.
 * @param says what the manifests say now
 * @param gates what the policy of the manifest repository wants of images
 */
export function candidateOf(
  world: World,
  app: App,
  environment: Environment,
  says: readonly FieldValues[],
  gates: readonly ImageGates[] = [],
): Candidate {
  const offered = choicesOf(app, environment, world.offers)
  if (offered.choices === null) return { state: 'none', reason: offered.reason, present: [], waiting: [] }
  const { choices, why, whyReady } = offered
  const [newest] = choices
  const shown = presentVersions(world, environment, says, versionOf(newest))
  const inRegistry = environment.ready.image || choices.some(({ tag }) => tag === null)
  const known =
    inRegistry && environment.follow.kind === 'branch'
      ? withCommits(world.answers, environment, shown)
      : { present: shown, verdict: HOLDS }
  if (!holds(known.verdict)) return unknown(known.verdict, newest, shown)
  const branch = environment.follow.kind === 'branch' ? environment.follow.branch : world.source.defaultBranch
  const named = nameChoices(world.answers, environment, choices, { present: known.present, branch })
  if (!holds(named.verdict)) return unknown(named.verdict, newest, shown)
  const judgeChoice = (choice: Choice): Readiness =>
    choice.tag === null
      ? { state: 'waits', waits: named.untagged(choice).waits }
      : judged(world.answers, environment, versionOf(choice), { branch, gates })
  return walk(world, environment, named.choices, { present: named.present, judgeChoice, why, whyReady })
}

/** The images of a release are those of its commit, which may not have its tag yet. */
export function judged(
  answers: Answers,
  environment: Environment,
  version: Version,
  options: { branch: string; gates: readonly ImageGates[] },
): Readiness {
  const judge = isRelease(environment) ? releaseReadiness : readiness
  return judge(answers, environment, version, options)
}

interface Ground {
  present: Present[]
  judgeChoice(choice: Choice): Readiness
  why: string
  whyReady: string
}

function walk(world: World, environment: Environment, choices: readonly Choice[], ground: Ground): Candidate {
  const { present, judgeChoice } = ground
  const waiting: Waiting[] = []
  for (const [index, choice] of choices.entries()) {
    const version = versionOf(choice)
    const why = index === 0 ? ground.why : ground.whyReady
    const found = { state: 'found' as const, version, why, present, waiting, vanished: [] }
    const relations = relateToPresent(world, environment, present, version)
    if (leadsAway(relations) && index === 0) return found
    if (leadsAway(relations) || (index > 0 && isForgotten(environment, present))) break
    if (present.length > 0 && relations.length === 0) return deployed(world, environment, found)
    const verdict = judgeChoice(choice)
    if (verdict.state === 'asks') return asking(batchFrom(world, environment, choices, index, ground))
    if (verdict.state === 'ready') {
      const comparisons = index === 0 ? [] : relations.flatMap(notRead)
      return comparisons.length > 0
        ? { state: 'asks', questions: [], comparisons }
        : { ...found, version: { ...version, digests: verdict.digests } }
    }
    waiting.push(waitingFor(choice, { asks: [], waits: verdict.waits }))
    if (verdict.waits.every(({ kind }) => kind === 'unknown')) break
  }
  return none(present, waiting)
}

/** As many as were judged before, and one more: the usual case costs one question, and fifty versions six rounds. */
function batchFrom(
  world: World,
  environment: Environment,
  choices: readonly Choice[],
  index: number,
  { present, judgeChoice }: Ground,
): Question[] {
  const questions: Question[] = []
  for (const choice of choices.slice(index, 2 * index + 1)) {
    const relations = relateToPresent(world, environment, present, versionOf(choice))
    if (leadsAway(relations) || (present.length > 0 && relations.length === 0)) break
    if (questions.length > 0 && isForgotten(environment, present)) break
    const verdict = judgeChoice(choice)
    if (verdict.state === 'asks') questions.push(...verdict.questions)
  }
  return questions
}

function leadsAway(relations: readonly Relation[]): boolean {
  const kind = worstOf(relations)?.kind
  return kind === 'backward' || kind === 'diverged'
}

/**
 * True where the image that would tell its commit is gone. Of the newest version it is certain that it is no ancestor of
 * that, and of no other.
 */
function isForgotten({ follow, tag: template }: Environment, present: readonly Present[]): boolean {
  return (
    follow.kind === 'branch' &&
    present.some(({ commit, tag }) => commit === null && readTag(template, tag) !== null)
  )
}

function notRead(relation: Relation): Comparing[] {
  return relation.kind === 'not-read' ? [{ base: relation.base, head: relation.head }] : []
}

type Found = Extract<Candidate, { state: 'found' }>

/** What is deployed is not judged again; only that its image is gone is told. */
function deployed({ answers }: World, environment: Environment, found: Found): Candidate {
  if (!environment.ready.image) return found
  const { questions, digests, missing } = imagesOf(answers, placesOf(environment, found.version))
  return questions.length > 0
    ? asking(questions)
    : { ...found, version: { ...found.version, digests }, vanished: missing }
}

function unknown({ asks, waits }: Verdict, newest: Choice, present: Present[]): Candidate {
  return asks.length > 0 ? asking(asks) : none(present, [waitingFor(newest, { asks, waits })])
}

function asking(questions: Question[]): Candidate {
  return { state: 'asks', questions, comparisons: [] }
}

/** The reason is that of the newest version. */
function none(present: Present[], waiting: Waiting[]): Candidate {
  const reason = waiting[0]?.waits[0]?.reason
  return {
    state: 'none',
    reason: reason ?? { code: 'not-ready', message: 'No version is ready yet.' },
    present,
    waiting,
  }
}
