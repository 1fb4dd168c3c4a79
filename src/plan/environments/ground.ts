import type { Decision } from '../../config/consent.ts'
import type { App, Environment, ImageGates, MergeMode, Policy } from '../../config/model.ts'
import type { ImageName } from '../../domain/image.ts'
import type { Version } from '../../domain/version.ts'
import type { Reason, Standing } from '../action.ts'
import type { Question } from '../questions.ts'
import type { ReadableManifests, World } from '../world.ts'
import type { Edited } from './edit-environment.ts'
import { type TargetPlan, without } from './target-plan.ts'

/** What is known of an environment that its source may change, before it is known which version it should have. */
export interface Ground {
  world: World
  app: App
  environment: Environment
  target: string
  manifests: ReadableManifests
  /** A version that the edit was tried with, and how it is shown. */
  probed: { version: Version; shown: string | null }
  probe: Edited
  /** Null: there is none. */
  policy: Policy | null
  /** What it wants of images. */
  gates: readonly ImageGates[]
  /** What the policy says to such a change. */
  consentTo(paths: string[], images?: ImageName[], branch?: string, merge?: MergeMode): Decision
  /** Why none of the environment's files is open to the source; null where any is. */
  closed(): Reason | null
}

/** Nothing is decided before this has been looked up. */
export function asking(
  { target, probed }: Ground,
  questions: Question[],
  comparisons: TargetPlan['notRead'] = [],
): TargetPlan {
  const reason = { code: 'not-asked', message: 'Nobody has looked yet which version is ready.' }
  const standing: Standing = { target, state: 'waiting', reason, from: null, to: probed.shown, url: null }
  return { ...without(standing), notRead: comparisons, questions }
}

/** Where it writes, or would have to. */
export function pathsOf({ edits, paths }: Edited): string[] {
  return edits.length > 0 ? edits.map(({ path }) => path) : paths
}

/** What a policy must accept besides the environment's own images. */
export function imagesOf({ retag }: Environment, { images }: Edited): ImageName[] {
  const built = retag?.from ?? null
  return built === null ? images : [...images, built]
}
