import { decide, refusesSource } from '../../config/consent.ts'
import { mayOverlap } from '../../config/overlap.ts'
import { EVERY_PULL_REQUEST } from '../../config/preview-choice.ts'
import { FORMER_PREVIEWS, PREVIEWS } from '../../domain/names.ts'
import { sameRepository } from '../../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateVariables } from '../../domain/template.ts'
import type { ManifestFile, ManifestSnapshot } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import { settle } from '../change-requests/settle.ts'
import type { TargetPlan } from '../environments/target-plan.ts'
import { explainPreviews, wereThere } from '../explain/previews.ts'
import type { LookAgain } from '../look-again.ts'
import { manifestsOf, type UnreadableManifests, type World } from '../world.ts'
import { previewsInGit } from './files.ts'
import { certainAt, GONE_SECONDS, lookAt, UNSEEN_SECONDS, untilCertain } from './later.ts'
import type { FormerPlace } from './places.ts'
import type { HistoryNeeded, Orphans } from './plan-previews.ts'
import { isProven, needsProof } from './proof.ts'
import { changing, counted, proposePreviews } from './propose-previews.ts'
import { confirming, keepAll, type Removal, type RemovalFacts, removeAtOnce } from './removal.ts'

export type FormerPlan = TargetPlan & {
  place: FormerPlace
  /** Nothing of the app is there any more, and no change request that would remove it. */
  over: boolean
  historyNeeded: HistoryNeeded | null
  /** What must be so at a later look as well. */
  doubts: string[]
  lookAgain: LookAgain | null
  /** Null: nobody could look. */
  orphans: Orphans | null
}

const GONE: Reason = {
  code: 'branch-not-found',
  message: 'The branch where they were is not there any more.',
}

/** Takes away what is left at a place of previews that the configuration does not have any more. */
export function planFormer(world: World, place: FormerPlace, confirmed: boolean): FormerPlan {
  const target = `${place.app}/${FORMER_PREVIEWS}`
  const rest = { place, notRead: [], historyNeeded: null, doubts: [], lookAgain: null }
  const stop = (state: Standing['state'], reason: Reason): FormerPlan => ({
    ...rest,
    actions: [],
    standing: { target, state, reason, from: null, to: null, url: null },
    soon: false,
    direct: null,
    over: false,
    orphans: null,
  })
  const manifests = world.manifests.find(
    (each) => sameRepository(each.repository, place.repository) && each.branch === place.branch,
  )
  // there is nothing on a branch that is not there
  if (manifests?.snapshot === null && isWithoutBranch(manifests))
    return { ...stop('current', GONE), over: true }
  const unread = world.manifests.some((each) => each.snapshot === null && !isWithoutBranch(each))
  if (manifests === undefined || manifests.snapshot === null || unread) {
    const message = 'Not all manifests could be read, so it is not known whether this is used otherwise.'
    return stop('waiting', { code: 'manifests-incomplete', message })
  }
  const { snapshot, policy, words, repository, branch } = manifests
  if (!policy.ok)
    return stop('refused', {
      code: 'policy-broken',
      message: 'The policy of the manifest repository has problems.',
    })
  const stranger = refusesSource(policy.value, world.source.repository, snapshot.repository)
  if (stranger !== null) return stop('refused', stranger)
  if (!snapshot.complete) {
    const message = 'The manifests could not be read completely.'
    return stop('waiting', { code: 'manifests-incomplete', message })
  }
  const inGit = leftAt(world, place, snapshot)
  const proofs = [...inGit.keys()].map((path) => ({
    path,
    proven: needsProof(place.path) ? isProven(snapshot, path) : true,
  }))
  const unproven = proofs.flatMap(({ path, proven }) => (proven === null ? [path] : []))
  if (unproven.length > 0) {
    const reason = { code: 'history-not-read', message: 'The history of the previews has not been read yet.' }
    return { ...stop('waiting', reason), historyNeeded: { repository, branch, paths: unproven } }
  }
  const orphans = proofs.flatMap(({ path, proven }) => (proven === true ? [path] : []))
  const configured = world.config.apps.find(({ name }) => name === place.app)?.previews ?? null
  const { removed, kept, doubts, lookAgain } = removalOf(world, orphans, {
    total: inGit.size,
    limit: configured?.maxRemovals ?? EVERY_PULL_REQUEST.maxRemovals,
    confirmed,
    command: confirming(world.source.repository, [repository]),
  })
  const changes = removed.flatMap((path) =>
    (inGit.get(path) ?? []).map((file) => ({ path: file.path, content: null })),
  )
  const decision = decide(policy.value, world.source.repository, snapshot.repository, {
    name: PREVIEWS,
    paths: changes.map(({ path }) => path),
    images: [],
    merge: configured?.merge ?? 'direct',
  })
  if (!decision.allowed) return stop('refused', decision.reason)
  const summary = { added: [], updated: [], removed }
  const story = explainPreviews(world, place.app, summary, decision, wereThere(world, place.app, place.path))
  const counts = { from: counted(inGit.size), to: counted(inGit.size - orphans.length) }
  const names = { app: place.app, target: FORMER_PREVIEWS }
  const proposal = proposePreviews(world, names, { changes, decision, counts, words, story })
  const direct = decision.merge === 'direct' && changes.length > 0
  const { standing, ...settled } = direct
    ? { actions: [], standing: changing(proposal), soon: false }
    : settle(proposal, snapshot)
  return {
    ...rest,
    ...settled,
    standing: kept === null ? standing : { ...standing, state: 'held', reason: kept },
    direct: direct ? { proposal, snapshot, again: () => [] } : null,
    over: orphans.length === 0 && settled.actions.length === 0,
    doubts,
    lookAgain,
    orphans: { all: orphans, removed: direct ? removed : [] },
  }
}

function isWithoutBranch({ reason }: UnreadableManifests): boolean {
  return reason.code === 'branch-not-found'
}

/** What Git holds there, but for whatever the configuration has in that place now. */
function leftAt(
  world: World,
  { path }: FormerPlace,
  snapshot: ManifestSnapshot,
): Map<string, ManifestFile[]> {
  if (templateVariables(parseTemplate(path, PREVIEW_PATH_VARIABLES)).length === 0) return new Map()
  const used = world.config.apps.flatMap(({ environments, previews }) => [
    ...environments.map((target) => ({ target, where: target.path })),
    ...(previews === null
      ? []
      : [previews.path, previews.template ?? previews.path].map((where) => ({ target: previews, where }))),
  ])
  const here = used.filter(({ target }) => {
    const other = manifestsOf(world, target).snapshot
    return (
      other !== null &&
      other.branch === snapshot.branch &&
      sameRepository(other.repository, snapshot.repository)
    )
  })
  const found = previewsInGit(snapshot, { path })
  return new Map([...found].filter(([each]) => !here.some(({ where }) => mayOverlap(where, each))))
}

/** The wish needs no listing; but where the whole configuration is not there, that must be so for a while. */
function removalOf(world: World, orphans: readonly string[], facts: RemovalFacts): Removal {
  const { ended, now } = world
  if (ended === null || facts.confirmed || orphans.length === 0) return removeAtOnce(orphans, facts)
  const seconds = ended.code === 'repository-not-found' ? GONE_SECONDS : UNSEEN_SECONDS
  const until = certainAt(world, { name: ended.code, seconds })
  const doubts = [ended.code]
  if (until <= now) return { ...removeAtOnce(orphans, facts), doubts }
  return {
    ...keepAll(untilCertain(ended.code, ended.message, { until, command: facts.command })),
    doubts,
    lookAgain: lookAt(until),
  }
}
