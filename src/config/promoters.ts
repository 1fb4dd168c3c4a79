import { POLICY_PATH } from '../domain/names.ts'
import type { RepositoryId } from '../domain/repository.ts'
import { ofEnvironment } from './by-environment.ts'
import { acceptingEntries, type ConsentReason, type ConsentRequest, decide } from './consent.ts'
import type { Policy, Who } from './model.ts'

/** What is to be steered: the environment's name, and what a change of it would write. */
export type SteerRequest = Pick<ConsentRequest, 'name' | 'paths' | 'images'>

/** At least one, or why it is nobody. */
export type Promoters = { who: readonly Who[] } | { who: null; reason: ConsentReason }

/**
 * Who may promote, roll back and lock an environment of the source, by the manifest repository's word: the entries
 * that accept what a change of it would write add up.
 * @param policy null: the manifest repository has none, and then it is nobody. Never pass null for a broken one.
 */
export function promoters(
  policy: Policy | null,
  source: RepositoryId,
  manifests: RepositoryId,
  request: SteerRequest,
): Promoters {
  const nobody = (reason: ConsentReason): Promoters => ({ who: null, reason })
  if (policy === null) {
    const message = `${manifests.path} has no ${POLICY_PATH}, so nobody may promote; promote: in an entry of it would have to name who may.`
    return nobody({ code: 'no-policy', message })
  }
  const decision = decide(policy, source, manifests, { ...request, merge: 'review' })
  if (!decision.allowed) return nobody(decision.reason)
  const who = acceptingEntries(policy, source, request).flatMap(({ promote }) =>
    ofEnvironment(promote, request.name),
  )
  if (who.length > 0) return { who }
  const message = `${POLICY_PATH} in ${manifests.path} names nobody under promote: who may steer ${request.name}.`
  return nobody({ code: 'promote-not-accepted', message })
}
