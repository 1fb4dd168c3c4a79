import type { App, Environment } from '../../config/model.ts'
import type { SteerRequest } from '../../config/promoters.ts'
import type { Version } from '../../domain/version.ts'
import { probeVersion } from '../versions/registry-candidate.ts'
import type { World } from '../world.ts'
import { editEnvironment } from './edit-environment.ts'
import { namedFiles } from './edit-fields.ts'

/** No more than an edit needs to find its places. */
export function someVersion({ offers }: Pick<World, 'offers'>, app: App, environment: Environment): Version {
  return probeVersion(app, environment, offers).version ?? { tag: '0.0.0', commit: null }
}

/**
 * What a change of an environment would write, whatever its version: by it the policy's entries that concern it are
 * found. Its whole directory where nothing in it can be found.
 */
export function wouldWrite(
  { offers }: Pick<World, 'offers'>,
  tree: Parameters<typeof editEnvironment>[0],
  app: App,
  environment: Environment,
): SteerRequest {
  const version = someVersion({ offers }, app, environment)
  const { edits, paths, images } = editEnvironment(tree, app, environment, version)
  const { written } = namedFiles(tree, environment)
  const files = [...new Set([...edits.map(({ path }) => path), ...paths, ...written])]
  const built = environment.retag?.from ?? null
  return {
    name: environment.name,
    paths: files.length === 0 ? [environment.path] : files,
    images: [...environment.images, ...images, ...(built === null ? [] : [built])],
  }
}
