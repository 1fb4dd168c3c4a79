import type { Policy, Read } from '../config/model.ts'
import { readPolicy } from '../config/policy.ts'
import { errorKind } from '../domain/errors.ts'
import { POLICY_PATH } from '../domain/names.ts'
import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Forge, ManifestQuery } from '../forge/forge.ts'
import type { ManifestWorld } from '../plan/world.ts'
import { readState, type SourceIdentity, stateDirectory } from '../state/files.ts'
import { forgeOf } from './dependencies.ts'
import { reasonOf } from './reason-of.ts'

/** What one branch of a manifest repository holds, with what was said about the source; or why nobody can see it. */
export async function readManifests(
  forges: ReadonlyMap<ForgeId, Forge>,
  source: SourceIdentity,
  { repository, query }: { repository: RepositoryId; query: ManifestQuery },
): Promise<ManifestWorld> {
  const place = { repository, branch: query.branch }
  try {
    const forge = forgeOf(forges, repository)
    const snapshot = await forge.readManifests(repository, { ...query, state: stateDirectory(source) })
    return {
      ...place,
      snapshot,
      words: forge.words,
      policy: policyOf(snapshot.files[POLICY_PATH] ?? null, snapshot.repository),
      state: readState(source, snapshot.state),
    }
  } catch (error) {
    if (errorKind(error) !== 'permanent') throw error
    return { ...place, snapshot: null, reason: reasonOf(error) }
  }
}

/** @param text null: there is no policy */
export function policyOf(text: string | null, manifests: RepositoryId): Read<Policy | null> {
  return text === null ? { ok: true, value: null } : readPolicy(POLICY_PATH, text, manifests)
}
