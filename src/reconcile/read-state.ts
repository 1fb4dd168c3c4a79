import type { RepositoryId } from '../domain/repository.ts'
import type { Forge } from '../forge/forge.ts'
import type { StateSnapshot } from '../forge/state.ts'
import { readState, type SourceIdentity, stateDirectory } from '../state/files.ts'
import type { StateRead } from '../state/state.ts'

/** What people have told the bot about an application repository, and nothing else of the manifest repository. */
export async function readStateAlone(
  forge: Forge,
  manifests: RepositoryId,
  source: SourceIdentity,
): Promise<{ repository: RepositoryId; snapshot: StateSnapshot | undefined; read: StateRead }> {
  const { repository, state: snapshot } = await forge.readManifests(manifests, {
    branch: null,
    files: [],
    directories: [],
    changeRequestBranches: [],
    state: stateDirectory(source),
  })
  return { repository, snapshot, read: readState(source, snapshot) }
}
