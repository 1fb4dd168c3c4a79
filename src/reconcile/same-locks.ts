import { SupercargoError } from '../domain/errors.ts'
import { sameRepository } from '../domain/repository.ts'
import type { Action } from '../plan/action.ts'
import type { World } from '../plan/world.ts'
import type { SourceState } from '../state/state.ts'
import { type Dependencies, forgeOf } from './dependencies.ts'
import { readStateAlone } from './read-state.ts'

/**
 * Looks again right before an environment changes: whoever was told that it is locked may trust in that, also while a
 * pass is under way that began before.
 * @throws SupercargoError `locks-changed` (conflict) when it was locked or let go since the world was read
 */
export async function assertSameLocks(
  action: Action,
  { config, manifests, source }: World,
  { forges }: Pick<Dependencies, 'forges'>,
): Promise<void> {
  if (action.kind !== 'commit' && action.kind !== 'merge-change-request') return
  const environments = config.apps.flatMap((app) => app.environments.map(({ name }) => `${app.name}/${name}`))
  const targets = (action.target?.split(', ') ?? []).filter((target) => environments.includes(target))
  const planned = manifests.find(
    ({ snapshot }) => snapshot !== null && sameRepository(snapshot.repository, action.repository),
  )
  if (targets.length === 0 || planned?.snapshot == null || !planned.state.ok) return
  const { repository } = action
  const identity = { forge: source.repository.forge, id: source.id }
  const { read } = await readStateAlone(forgeOf(forges, repository), repository, identity)
  const before = planned.state.value
  if (read.ok && targets.every((target) => lockIn(before, target) === lockIn(read.value, target))) return
  throw new SupercargoError(`Somebody has locked ${targets.join(' or ')} or let it go on.`, {
    code: 'locks-changed',
    kind: 'conflict',
  })
}

function lockIn({ environments }: SourceState, target: string): string {
  return JSON.stringify(environments[target]?.lock ?? null)
}
