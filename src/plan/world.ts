import type { Policy, Problem, Read, SourceConfig, Target } from '../config/model.ts'
import type { RepositoryId } from '../domain/repository.ts'
import { sameRepository } from '../domain/repository.ts'
import type { Vocabulary } from '../domain/vocabulary.ts'
import type { Comparison, ManifestSnapshot, RepositorySnapshot, SourceSnapshot } from '../forge/forge.ts'
import type { StateRead } from '../state/state.ts'
import type { Reason } from './action.ts'
import type { Answers } from './questions.ts'
import type { Since } from './versions/late.ts'

/** Everything that one pass over an application repository has read; plan() looks at nothing else. */
export interface World {
  /** Of the forge of the application repository. */
  words: Vocabulary
  source: RepositorySnapshot
  config: SourceConfig
  offers: SourceSnapshot
  /** One for every (manifest repository, branch) that the configuration names. */
  manifests: ManifestWorld[]
  /** By comparisonKey(); only those that comparisonsNeeded() asked for. */
  comparisons: Record<string, Comparison>
  /** What registries and forges said to the plan's questions. */
  answers: Answers
  /** What was waited for before this pass, and since when; {} where nobody remembers. */
  since: Since
  /** Why the application repository has no configuration; null where it has one, or is archived. */
  ended: Ended | null
  now: Date
}

/** It may be an error of the forge's: previews go when it is so for a while. */
export interface Ended extends Reason {
  code: 'repository-not-found' | 'not-configured'
}

export type ManifestWorld = Place & (ReadableManifests | UnreadableManifests)

interface Place {
  repository: RepositoryId
  /** As configured: null is the default branch. */
  branch: string | null
}

export interface ReadableManifests {
  snapshot: ManifestSnapshot
  /** Of its forge. */
  words: Vocabulary
  /** Null: the manifest repository has no policy file. */
  policy: Read<Policy | null>
  /** What people have told the bot about this application repository. */
  state: StateRead
}

export interface UnreadableManifests {
  snapshot: null
  reason: Reason
}

/** The configuration of an application repository that cannot be used. */
export interface BrokenConfig {
  file: string
  problems: Problem[]
}

/** What the forge of a repository of this world calls its things. */
export function wordsOf(world: World, repository: RepositoryId): Vocabulary {
  const manifests = world.manifests.find(
    ({ snapshot }) => snapshot !== null && sameRepository(snapshot.repository, repository),
  )
  return manifests?.snapshot == null ? world.words : manifests.words
}

/** Why nothing may get in by itself: nobody knows what people have told the bot, which may be that it is locked. */
export function unreadableState({ state }: ReadableManifests): Reason | null {
  return state.ok ? null : { code: 'state-unreadable', message: state.message }
}

/** The part of the world where a target is written. */
export function manifestsOf({ manifests }: Pick<World, 'manifests'>, target: Target): ManifestWorld {
  const found = manifests.find(
    (each) => sameRepository(each.repository, target.manifests) && each.branch === target.manifestBranch,
  )
  if (found === undefined) throw new Error(`The manifests of ${target.manifests.path} were not read.`)
  return found
}
