import { sameRepository } from '../../domain/repository.ts'
import type { Action, Reason } from '../action.ts'
import { strayBranches } from '../queries.ts'
import type { ManifestWorld, World } from '../world.ts'
import { readBlock, sameSource } from './block.ts'
import { closing } from './settle.ts'

/**
 * Closes the change requests of targets that the configuration no longer has: nobody would bring them up to date.
 * One that people have committed to is theirs.
 */
export function closeStrays(world: World): Action[] {
  return world.manifests
    .filter((each, index) => !world.manifests.slice(0, index).some((other) => inSamePlace(each, other)))
    .flatMap(({ repository, snapshot }) =>
      snapshot === null
        ? []
        : strayBranches(world.config, repository, snapshot.branches).flatMap((branch): Action[] => {
            const { open = null, branch: tip = null } = snapshot.changeRequests[branch] ?? {}
            const block = open?.ours === true && tip?.ours === true ? readBlock(open.body) : null
            const source = { source: `${world.source.repository.forge}:`, sourceId: world.source.id }
            if (open === null || block === null || !sameSource(block, source)) return []
            const target = `${block.app}/${block.target}`
            const reason: Reason = {
              code: 'not-configured',
              message: `The configuration of ${world.source.repository.path} has no ${target} here any more.`,
            }
            const common = { repository: snapshot.repository, target, reason }
            return [{ ...common, ...closing({ branch }, open, reason) }]
          }),
    )
}

/** Another branch of the same repository shows the same change requests. */
function inSamePlace(one: ManifestWorld, other: ManifestWorld): boolean {
  return sameRepository(one.repository, other.repository)
}
