import type { Forge } from '../../forge/forge.ts'
import type { Relation } from '../../plan/versions/lineage.ts'
import { comparisonKey } from '../../plan/versions/lineage.ts'
import type { World } from '../../plan/world.ts'

/** Relations between versions, with the comparisons that they need read from the forge of the application. */
export async function compareVersions(
  world: World,
  forge: Forge,
  relate: (world: World) => readonly Relation[],
): Promise<readonly Relation[]> {
  const needed = relate(world).flatMap((each) => (each.kind === 'not-read' ? [each] : []))
  if (needed.length === 0) return relate(world)
  const read = needed.map(
    async ({ base, head }) =>
      [comparisonKey(base, head), await forge.compareCommits(world.source.repository, base, head)] as const,
  )
  const comparisons = { ...world.comparisons, ...Object.fromEntries(await Promise.all(read)) }
  return relate({ ...world, comparisons })
}
