import type { Environment, ImageGates } from '../../config/model.ts'
import type { Version } from '../../domain/version.ts'
import type { Present } from '../environments/present.ts'
import type { World } from '../world.ts'
import { type Candidate, judged } from './candidate.ts'
import { readiness } from './ready.ts'
import { isRegistryRule } from './registry-tags.ts'

export interface Given {
  present: Present[]
  /** Begins a sentence. */
  why: string
  gates: readonly ImageGates[]
  /** False: it is brought back. Its checks are not looked at again, and its images have their tags. */
  checks: boolean
}

/** A version that no rule has chosen, as far as it is ready; what is deployed is not judged again. */
export function givenCandidate(
  world: World,
  environment: Environment,
  version: Version,
  { present, why, gates, checks }: Given,
): Candidate {
  const { follow, ready } = environment
  const found = { state: 'found' as const, version, why, present, waiting: [], vanished: [] }
  if (present.length > 0 && present.every(({ tag }) => tag === version.tag)) return found
  const branch = follow.kind === 'branch' ? follow.branch : world.source.defaultBranch
  const inRegistry = isRegistryRule(follow)
  const wanted = {
    ...ready,
    image: ready.image || inRegistry,
    checks: !checks || inRegistry ? null : ready.checks,
  }
  const judge = checks ? judged : readiness
  const verdict = judge(world.answers, { ...environment, ready: wanted }, version, { branch, gates })
  if (verdict.state === 'asks') return { ...verdict, comparisons: [] }
  if (verdict.state === 'ready') return { ...found, version: { ...version, digests: verdict.digests } }
  const waiting = [{ version: version.tag, waits: verdict.waits }]
  const reason = verdict.waits[0]?.reason ?? { code: 'not-ready', message: `${version.tag} is not ready.` }
  return { state: 'none', reason, present, waiting }
}
