import type { Version } from '../../domain/version.ts'
import type { Reason } from '../../plan/action.ts'
import { versionsIn } from '../../plan/environments/versions-in.ts'
import { listCommits } from '../../plan/explain/commits.ts'
import { relateToPresent, takenBack, worstOf } from '../../plan/versions/direction.ts'
import type { Relation } from '../../plan/versions/lineage.ts'
import { namedVersion } from '../../plan/versions/named-version.ts'
import { lockAt } from '../../state/locks.ts'
import { forgeOf } from '../dependencies.ts'
import { type Carried, done, isWritten, type Planned, refused, steer, WRITTEN } from './carried.ts'
import { compareVersions } from './compare-versions.ts'
import type { CarryOut, CommandDependencies, Order } from './dependencies.ts'
import { existenceOf, unlooked } from './existing-version.ts'
import { heldBy } from './lock.ts'
import { tagBefore } from './past-versions.ts'
import { type Permit, tellable } from './permit.ts'
import { saidIn, sayOfEnvironment } from './say-environment.ts'

/**
 * Brings an environment back to the version before, or to one that is named, and holds it there: nothing goes forward
 * until somebody unlocks it, or promotes another version.
 */
export const rollback: CarryOut = (order, dependencies) =>
  steer(order, dependencies, async (permit, reading) => {
    const { app, environment, manifests } = permit
    const target = `${app.name}/${environment.name}`
    const no = (code: string, message: string) => refused(code, tellable(permit, { code, message }).message)
    const written = writtenBefore(order, permit)
    if (written !== null) return told({ permit, reading, version: written, looked: true, back: null })
    // somebody has let it go on since, so that the version before may be another one by now
    if (isWritten(reading.world, order)) return WRITTEN
    const present = versionsIn(reading.world, app, environment, manifests.snapshot.tree)
    const version = await wanted(order, permit, reading, dependencies)
    if ('code' in version) return refused(version.code, version.message)
    if (present.length > 0 && present.every(({ tag }) => tag === version.tag)) {
      const how = `"/cargo lock ${environment.name}" holds it there`
      return no('already-there', `${target} has this version: ${how}.`)
    }
    const forge = forgeOf(dependencies.forges, order.repository)
    const forth = await compareVersions(reading.world, forge, (world) =>
      relateToPresent(world, environment, present, version),
    )
    if (forth.length > 0 && forth.every(({ kind }) => kind === 'forward')) {
      const how = `"/cargo promote ${environment.name} ${version.tag}" goes there`
      return no('not-older', `${version.tag} is newer than what runs: ${how}.`)
    }
    const exists = await existenceOf(order, permit, version, dependencies)
    if (!exists.exists) return refused(exists.reason.code, exists.reason.message)
    const refusal = await write(order, dependencies, { permit, reading, version })
    if (refusal !== null) return refused(refusal.code, refusal.message)
    const back = await compareVersions(reading.world, forge, (world) =>
      takenBack(world, environment, present, version),
    )
    return told({ permit, reading, version, looked: exists.looked, back: worstOf(back) })
  })

/** What this very order has come to, if it was interrupted after that: by now the version before may be another one. */
function writtenBefore({ url }: Order, { app, environment, manifests: { state } }: Permit): Version | null {
  const lock = state.ok ? state.value.environments[`${app.name}/${environment.name}`]?.lock : null
  return lock?.url === url ? lock.pin : null
}

/** The version that is named, or the one before. */
async function wanted(
  { command }: Order,
  permit: Permit,
  { world }: Planned,
  { forges }: CommandDependencies,
): Promise<Version | Reason> {
  const { app, environment, manifests } = permit
  if (environment.follow.kind === 'registry-digest') {
    const message = `${app.name}/${environment.name} follows the digests of one tag, which has no versions to go back to. Put it back in Git, and lock it.`
    return { code: 'no-versions', message }
  }
  const named = command.arguments.version
  if (named !== undefined) return namedVersion(world, environment, named)
  const before = await tagBefore(world, permit, forgeOf(forges, manifests.repository))
  if (before !== null) return namedVersion(world, environment, before)
  const message = `The manifests do not tell which version ${app.name}/${environment.name} had before. Name one: "/cargo rollback ${environment.name} <version>".`
  return { code: 'no-version-before', message }
}

/** Version and lock in one: nothing can come between them. A lock that somebody else has set otherwise stays. */
async function write(
  order: Order,
  dependencies: CommandDependencies,
  { permit, reading, version }: { permit: Permit; reading: Planned; version: Version },
): Promise<Reason | null> {
  const target = `${permit.app.name}/${permit.environment.name}`
  const said = saidIn(order)
  const what = `Roll ${target} back to ${version.tag}`
  return await sayOfEnvironment(order, dependencies, { permit, reading }, what, (before) => {
    const present = lockAt(before, dependencies.now())
    const isTheirs = present !== null && present.by.toLowerCase() !== said.by.toLowerCase()
    if (isTheirs && present.pin === null) return { refused: heldBy(target, present, permit.secret) }
    const { tag, commit } = version
    return { after: { lock: { ...said, until: null, pin: { tag, commit } }, promotion: null } }
  })
}

interface Outcome {
  permit: Permit
  reading: Planned
  version: Version
  looked: boolean
  back: Relation | null
}

function told({ permit, reading, version, looked, back }: Outcome): Carried {
  const { app, environment, secret } = permit
  const target = `${app.name}/${environment.name}`
  const end = `until "/cargo unlock ${environment.name}" or a promote`
  if (secret) return done('rolled-back', `${target} goes back, and is held there ${end}.`, '')
  const message = `${target} goes back to ${version.tag}, and is held there ${end}.${unlooked(looked)}`
  if (back?.kind !== 'forward' || back.commits.length === 0) return done('rolled-back', message, '')
  const count = back.total === 1 ? 'This commit is' : `These ${back.total} commits are`
  return done('rolled-back', message, `${count} taken back:\n\n${listCommits(back, reading.world)}`)
}
