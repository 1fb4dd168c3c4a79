import type { Environment } from '../../config/model.ts'
import { readTag, renderTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import type { World } from '../world.ts'
import { commitGraph, findCommit } from './lineage.ts'
import { imageTagOf, releaseWith } from './release-tags.ts'

/** The version that a person means: by the tag of its image, by its release, or by its commit. */
export function namedVersion(
  { offers }: Pick<World, 'offers'>,
  environment: Environment,
  name: string,
): Version {
  const { follow, tag: template } = environment
  if (follow.kind === 'branch') {
    const graph = commitGraph(offers)
    const stated = readTag(template, name)
    if (stated !== null) return { tag: name, commit: findCommit(graph, stated.sha ?? '') }
    const commit = findCommit(graph, name.toLowerCase())
    const tag = commit === null ? null : renderTag(template, { commit, branch: follow.branch })
    return { tag: tag ?? name, commit }
  }
  const release = offers.tags.items.find((each) => each.name === name)
  const made = release === undefined ? null : imageTagOf(environment, release)
  if (release !== undefined && made !== null) return { tag: made, commit: release.commit }
  return { tag: name, commit: releaseWith(environment, offers, name)?.commit ?? null }
}
