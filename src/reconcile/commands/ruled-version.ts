import type { Version } from '../../domain/version.ts'
import type { Standing } from '../../plan/action.ts'
import { planEnvironment } from '../../plan/environments/plan-environment.ts'
import type { ManifestWorld, World } from '../../plan/world.ts'
import { planCompletely } from '../plan-completely.ts'
import type { CommandDependencies } from './dependencies.ts'
import type { Permit } from './permit.ts'

/** What an environment would have by its rule alone, whatever people have said of it; null: nothing that is ready. */
export async function ruledVersion(
  { app, environment }: Permit,
  world: World,
  dependencies: CommandDependencies,
): Promise<{ version: Version | null; standing: Standing }> {
  const target = `${app.name}/${environment.name}`
  const unsaid = { ...world, manifests: world.manifests.map((each) => without(each, target)) }
  const { world: read } = await planCompletely(dependencies, unsaid, { confirmRemovals: false })
  const { candidate = null, standing } = planEnvironment(read, app, environment)
  return { version: candidate, standing }
}

function without(manifests: ManifestWorld, target: string): ManifestWorld {
  if (manifests.snapshot === null || !manifests.state.ok) return manifests
  const { [target]: _, ...environments } = manifests.state.value.environments
  return { ...manifests, state: { ...manifests.state, value: { ...manifests.state.value, environments } } }
}
