import type { App, Environment } from '../../config/model.ts'
import type { ManifestFile } from '../../forge/forge.ts'
import type { World } from '../world.ts'
import { editEnvironment } from './edit-environment.ts'
import { type Present, presentVersions } from './present.ts'
import { someVersion } from './would-write.ts'

/** The versions that an environment's manifests say, each once, as they are or were at some commit. */
export function versionsIn(
  world: World,
  app: App,
  environment: Environment,
  tree: readonly ManifestFile[],
): Present[] {
  const version = someVersion(world, app, environment)
  const { says } = editEnvironment(tree, app, environment, version)
  return presentVersions(world, environment, says, version)
}
