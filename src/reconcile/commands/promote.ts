import { freezeAt } from '../../config/freeze.ts'
import type { Version } from '../../domain/version.ts'
import type { Reason } from '../../plan/action.ts'
import type { Present } from '../../plan/environments/present.ts'
import { versionsIn } from '../../plan/environments/versions-in.ts'
import { listCommits } from '../../plan/explain/commits.ts'
import { freezeSentence } from '../../plan/explain/lock.ts'
import { relateToPresent, worstOf } from '../../plan/versions/direction.ts'
import type { Relation } from '../../plan/versions/lineage.ts'
import { namedVersion } from '../../plan/versions/named-version.ts'
import { isRegistryRule } from '../../plan/versions/registry-tags.ts'
import { lockAt } from '../../state/locks.ts'
import type { EnvironmentState } from '../../state/state.ts'
import { forgeOf } from '../dependencies.ts'
import { type Carried, done, type Planned, refused, steer } from './carried.ts'
import { compareVersions } from './compare-versions.ts'
import type { CarryOut, CommandDependencies, Order } from './dependencies.ts'
import { existenceOf, unlooked } from './existing-version.ts'
import { heldBy } from './lock.ts'
import { type Permit, tellable } from './permit.ts'
import { ruledVersion } from './ruled-version.ts'
import { saidIn, sayOfEnvironment, type Word } from './say-environment.ts'

/** Gives an environment a newer version now, and ends what a rollback holds. */
export const promote: CarryOut = (order, dependencies) =>
  steer(order, dependencies, async (permit, reading) => {
    const { app, environment, manifests, policy } = permit
    const frozen = freezeAt(policy, environment.name, dependencies.now())
    const target = `${app.name}/${environment.name}`
    const no = (reason: Reason) => refused(reason.code, tellable(permit, reason).message)
    if (frozen !== null) return no({ code: 'frozen', message: freezeSentence(target, frozen) })
    const ruled = await ruledVersion(permit, reading.world, dependencies)
    const version = wanted(order, permit, reading, ruled)
    if ('code' in version) return refused(version.code, version.message)
    const present = versionsIn(reading.world, app, environment, manifests.snapshot.tree)
    const brought = await newer(order, dependencies, { permit, reading, present, version })
    if ('code' in brought) return no(brought)
    const exists = await existenceOf(order, permit, version, dependencies)
    if (!exists.exists) return refused(exists.reason.code, exists.reason.message)
    const { tag, commit } = version
    const promotion = { ...saidIn(order), version: { tag, commit }, instead: ruled.version?.tag ?? null }
    const refusal = await sayOfEnvironment(
      order,
      dependencies,
      { permit, reading },
      `Promote ${target} to ${tag}`,
      (before) => promoted(target, before, promotion, { now: dependencies.now(), secret: permit.secret }),
    )
    if (refusal !== null) return refused(refusal.code, refusal.message)
    return told(permit, reading, version, { looked: exists.looked, brought })
  })

type Ruled = Awaited<ReturnType<typeof ruledVersion>>

/** The version that is named, or the rule's; where people merge, it must be named (requirement 11). */
function wanted(
  { command }: Order,
  permit: Permit,
  { world }: Planned,
  { version: candidate, standing }: Ruled,
): Version | Reason {
  const { app, environment } = permit
  const target = `${app.name}/${environment.name}`
  if (environment.follow.kind === 'registry-digest') {
    const message = `${target} follows the digests of one tag, which has no versions to choose from.`
    return { code: 'no-versions', message }
  }
  const named = command.arguments.version
  if (named !== undefined) {
    const version = namedVersion(world, environment, named)
    if (version.commit !== null || isRegistryRule(environment.follow)) return version
    const message = `${world.source.repository.path} knows no version ${named} that ${target} could have.`
    return { code: 'version-unknown', message }
  }
  if (candidate === null) return tellable(permit, standing.reason)
  if (environment.merge !== 'review') return candidate
  const message = `People merge what ${target} gets, so the version must be named: "/cargo promote ${environment.name} ${candidate.tag}".`
  return { code: 'version-needed', message }
}

/** How it lies before what runs; a reason where it does not. */
async function newer(
  { repository }: Order,
  { forges }: CommandDependencies,
  {
    permit: { app, environment },
    reading,
    present,
    version,
  }: { permit: Permit; reading: Planned; present: readonly Present[]; version: Version },
): Promise<Relation | Reason> {
  const target = `${app.name}/${environment.name}`
  if (present.length > 0 && present.every(({ tag }) => tag === version.tag)) {
    return { code: 'already-there', message: `${target} has ${version.tag}.` }
  }
  const forge = forgeOf(forges, repository)
  const relations = await compareVersions(reading.world, forge, (world) =>
    relateToPresent(world, environment, present, version),
  )
  const worst = worstOf(relations) ?? { kind: 'unknown' as const }
  if (worst.kind !== 'backward' && worst.kind !== 'diverged') return worst
  const what = worst.kind === 'backward' ? 'is older than' : 'is not built on'
  const now = present.map(({ shown }) => shown).join(', ')
  const message = `${version.tag} ${what} what ${target} has, ${now}. "/cargo rollback ${environment.name} ${version.tag}" goes there.`
  return { code: 'not-newer', message }
}

/** A lock that holds a version was made to be ended so; any other stays, whoever has set it. */
function promoted(
  target: string,
  before: EnvironmentState,
  promotion: NonNullable<EnvironmentState['promotion']>,
  { now, secret }: { now: Date; secret: boolean },
): Word {
  const lock = lockAt(before, now)
  if (lock !== null && lock.pin === null) return { refused: heldBy(target, lock, secret) }
  return { after: { lock: null, promotion } }
}

function told(
  { app, environment, secret }: Permit,
  { world }: Planned,
  { tag }: Version,
  { looked, brought }: { looked: boolean; brought: Relation },
): Carried {
  const target = `${app.name}/${environment.name}`
  const message = `${target} is to have ${tag} now: the change request is merged as soon as the policy and the forge let it.${unlooked(looked)}`
  if (secret || brought.kind !== 'forward' || brought.commits.length === 0)
    return done('promoted', message, '')
  const count = brought.total === 1 ? 'This commit comes' : `These ${brought.total} commits come`
  return done('promoted', message, `${count}:\n\n${listCommits(brought, world)}`)
}
