import { isRefName } from '../../domain/ref-name.ts'
import type { Reason, Standing } from '../action.ts'
import { branchOf, MAX_BRANCHES, otherVersions } from '../change-requests/own-branch.ts'
import { settle } from '../change-requests/settle.ts'
import { imageStories } from '../explain/images.ts'
import { lockSentence } from '../explain/lock.ts'
import { tellMore } from '../standing.ts'
import type { Candidate } from '../versions/candidate.ts'
import { movedTag, namesOf, sameTagReason, withDigests, writesDigests } from '../versions/pin.ts'
import { isRelease, mayTag, releaseOf, tagRelease } from '../versions/release.ts'
import { unreadableState } from '../world.ts'
import { editEnvironment } from './edit-environment.ts'
import { asking, type Ground, pathsOf } from './ground.ts'
import { moveTo } from './move.ts'
import { planDirect } from './plan-direct.ts'
import { propose } from './propose-environment.ts'
import { type TargetPlan, without } from './target-plan.ts'
import type { Wish } from './wish.ts'

/** Brings an environment to a version that is ready: by a change request, or directly. */
export function deliver(
  ground: Ground,
  candidate: Extract<Candidate, { state: 'found' }>,
  wish: Wish | null,
): TargetPlan {
  const { world, app, environment, target, manifests, probed, probe, policy, gates, consentTo } = ground
  const { snapshot, words } = manifests
  const { present, waiting } = candidate
  const refuse = (why: Reason, to: string) =>
    without({ target, state: 'refused', reason: why, from: null, to, url: null })
  const { version, verdict } = withDigests(world.answers, environment, candidate.version, probe.digests)
  const names = namesOf(
    environment,
    version,
    present.map(({ shown }) => shown),
    probe.digests,
  )
  const { from, to } = names
  if (verdict.asks.length > 0) return asking(ground, verdict.asks)
  const moved = movedTag(environment, version, probe.digests)
  const [unmet] = verdict.waits
  if (unmet !== undefined || moved !== null) {
    const state = moved === null ? 'waiting' : 'held'
    const why = moved ?? unmet?.reason ?? reason('not-ready', 'The version is not ready yet.')
    const late = unmet === undefined ? [] : [{ version: version.tag, waits: verdict.waits }]
    return without({ target, state, reason: why, from, to, url: null, waiting: [...late, ...waiting] })
  }
  const isProbed =
    version.tag === probed.version.tag &&
    version.commit === probed.version.commit &&
    probe.problem === null &&
    !writesDigests(environment) &&
    Object.keys(probe.digests).length === 0
  const edit = isProbed ? probe : editEnvironment(snapshot.tree, app, environment, version)
  if (edit.problem !== null) {
    return refuse(ground.closed() ?? edit.problem, version.tag)
  }

  const branch = branchOf(app, environment, version)
  if (branch === null || !isRefName(branch) || branch === snapshot.branch) {
    const what = `${branch ?? environment.branch?.source} cannot be the branch of a change request for ${version.tag}.`
    return refuse(reason('branch-not-possible', what), version.tag)
  }
  // only the branch of the newest version was known when the change requests were read
  const isRead = version.commit === probed.version.commit || snapshot.changeRequests[branch] !== undefined
  if (environment.branch !== null && !isRead) return { ...asking(ground, []), branchesNeeded: [branch] }
  const others = otherVersions(app, environment, Object.keys(snapshot.changeRequests), branch)
  const chosen = environment.branch === null ? undefined : branch
  // whoever may promote has had a look: then the policy alone decides who merges
  const merge = wish !== null && environment.merge === 'review' ? 'auto' : environment.merge
  const decision = consentTo(pathsOf(edit), edit.images, chosen, merge)
  if (!decision.allowed) return refuse(decision.reason, version.tag)
  if (others.length >= MAX_BRANCHES) {
    const what = `There are ${MAX_BRANCHES} branches or more such as ${branch}, too many to find an open change request among them. Delete those that are merged.`
    return refuse(reason('too-many-branches', what), version.tag)
  }

  const move = moveTo(world, environment, present, { version, wish })
  if (move.notRead.length > 0) {
    const why = reason('not-compared', 'The versions have not been compared yet.')
    const standing: Standing = { target, state: 'waiting', reason: why, from, to: version.tag, url: null }
    return { ...without(standing), notRead: move.notRead }
  }
  const { relation, takesBack, isNew } = move
  if (relation.kind === 'diverged') {
    const why = `${from} is not among the commits that ${version.tag} is built on, so the environment is left as it is.`
    return without({
      target,
      state: 'held',
      reason: reason('diverged', why),
      from,
      to: version.tag,
      url: null,
    })
  }

  const release =
    wish?.kind !== 'pin' && isRelease(environment) && isNew && relation.kind !== 'backward'
      ? releaseOf(world.answers, environment, version, { branch: world.source.defaultBranch, gates })
      : null
  if (release !== null && release.retags.length > 0) {
    const word = mayTag(world.answers, policy, release, snapshot.repository)
    if (word.asks.length > 0) return asking(ground, word.asks)
    const [unspoken] = word.waits
    if (unspoken !== undefined) return refuse(unspoken.reason, to)
    const actions = tagRelease(world, target, release)
    const why = actions[0]?.reason ?? reason('release', `${to} is tagged.`)
    return {
      ...without({ target, state: 'changing', reason: why, from, to, url: null, waiting }),
      actions,
    }
  }

  const proposal = propose(world, app, environment, {
    candidate,
    version,
    names,
    images: imageStories(world.answers, environment, version, {
      places: release?.places ?? [],
      gates: [environment.gates, ...gates],
    }),
    sameTag: sameTagReason(environment, version, present, probe.digests),
    edit,
    relation,
    wish,
    takesBack,
    decision,
    target,
    words,
    heldBack: unreadableState(manifests),
    branch: { branch, ...(chosen === undefined ? {} : { consented: true }), others },
  })
  if (decision.merge !== 'direct' || proposal.changes.length === 0 || proposal.withdrawn !== null) {
    const settled = settle(proposal, snapshot)
    const standing = pinned(tellMore(settled.standing, candidate), wish)
    return { ...settled, standing, direct: null, notRead: [] }
  }
  if (proposal.heldBack !== null) {
    return without({ target, state: 'waiting', reason: proposal.heldBack, from, to, url: null })
  }
  const again = (texts: ReadonlyMap<string, string>) => {
    const tree = snapshot.tree.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text }))
    return editEnvironment(tree, app, environment, version).edits
  }
  const direct = planDirect(proposal, snapshot, environment, again)
  return { ...direct, standing: pinned(tellMore(direct.standing, candidate), wish) }
}

/** What is held at a version says so as soon as it is there. */
function pinned(standing: Standing, wish: Wish | null): Standing {
  if (wish?.kind !== 'pin') return standing
  const { said, version, until } = wish
  const lock = { ...said, pin: version, until: until?.toISOString() ?? null }
  const there = reason('locked', lockSentence(standing.target, lock))
  return standing.state === 'current' ? { ...standing, state: 'held', reason: there } : { ...standing, there }
}

function reason(code: string, message: string): Reason {
  return { code, message }
}
