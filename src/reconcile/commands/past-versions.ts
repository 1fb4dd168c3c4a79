import { readTrailers } from '../../domain/commit-message.ts'
import type { Forge, PathCommit } from '../../forge/forge.ts'
import { versionsIn } from '../../plan/environments/versions-in.ts'
import { VERSION_TRAILER } from '../../plan/explain/environment.ts'
import { filesBeside } from '../../plan/queries.ts'
import { versionBefore } from '../../plan/versions/past-versions.ts'
import type { World } from '../../plan/world.ts'
import type { Permit } from './permit.ts'

/** How many commits are looked at, of those that touched the environment. */
const COMMITS = 30

/**
 * The tag that an environment had before the one that it has now, by the history of its manifests; null where that tells
 * of none. A commit of the bot's says it by itself, of any other the files are read as they were then.
 */
export async function tagBefore(
  world: World,
  { app, environment, manifests }: Permit,
  forge: Forge,
): Promise<string | null> {
  const { snapshot } = manifests
  const { path } = environment
  const { history } = await forge.readManifests(snapshot.repository, {
    branch: manifests.branch,
    files: [],
    directories: [{ path, texts: false, history: COMMITS }],
    changeRequestBranches: [],
  })
  const target = `${app.name}/${environment.name}`
  const tagAt = async (commit: PathCommit): Promise<string | null> => {
    const said = commit.ours ? saidBy(commit.message, target) : null
    if (said !== null) return said
    const { tree, complete } = await forge.readTree(snapshot.repository, commit.oid, [
      path,
      ...filesBeside(environment),
    ])
    const [only, ...others] = complete ? versionsIn(world, app, environment, tree) : []
    return only === undefined || others.length > 0 ? null : only.tag
  }
  const past = await Promise.all((history[path] ?? []).map(tagAt))
  const now = versionsIn(world, app, environment, snapshot.tree)
  return versionBefore([...past.toReversed(), now.map(({ tag }) => tag).join(', ') || null])
}

/** What a commit of the bot's says of a target, without the digests behind the tag. */
function saidBy(message: string, target: string): string | null {
  const found = readTrailers(message, VERSION_TRAILER).find((value) => value.startsWith(`${target} `))
  return found?.slice(target.length + 1).split('@')[0] ?? null
}
