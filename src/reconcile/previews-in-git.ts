import { decide } from '../config/consent.ts'
import type { Previews } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { configPaths, POLICY_PATH, PREVIEWS } from '../domain/names.ts'
import { type ForgeId, type RepositoryId, repositoryKey } from '../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateRoot } from '../domain/template.ts'
import type { Forge, ManifestFile } from '../forge/forge.ts'
import { previewsInGit } from '../plan/previews/files.ts'
import { forgeOf } from './dependencies.ts'
import { configurationOf } from './read-configuration.ts'
import { policyOf } from './read-manifests.ts'

/** An application repository as it is configured at the head of its default branch. */
export interface PreviewSource {
  /** As the forge spells it now. */
  repository: RepositoryId
  /** `previews` null: the app has none. */
  apps: { name: string; previews: Previews | null }[]
}

/**
 * What an application repository says about its previews. One request, or two on GitLab.
 * @throws SupercargoError also where there is no configuration, or one with problems: nobody knows then
 */
export async function readPreviewSource(
  repository: RepositoryId,
  forges: ReadonlyMap<ForgeId, Forge>,
): Promise<PreviewSource> {
  const forge = forgeOf(forges, repository)
  const paths = configPaths(forge.words.directory)
  const source = await forge.readRepository(repository, [...paths, POLICY_PATH])
  const name = repositoryKey(source.repository)
  const config = configurationOf(source, paths, [...forges.keys()])
  if (config.kind === 'nothing') throw wrong(config.reason.code, `${name}: ${config.reason.message}`)
  if (config.kind === 'broken') {
    const [first] = config.problems
    const where = first === undefined ? config.file : `${config.file}:${first.line}: ${first.message}`
    throw wrong('configuration-broken', `The ${config.what} of ${name} has problems. ${where}`)
  }
  return { repository: source.repository, apps: config.value.apps }
}

/**
 * Every preview of an app that Git holds, by its path, with its files. One request. It is all of them, or it throws: what is
 * missing here is deleted in a cluster.
 * @param texts also what stands in the files
 * @throws SupercargoError also where the policy does not accept the source any more
 */
export async function readPreviewsInGit(
  { repository }: PreviewSource,
  previews: Previews,
  { forges, texts }: { forges: ReadonlyMap<ForgeId, Forge>; texts: boolean },
): Promise<Map<string, ManifestFile[]>> {
  const root = templateRoot(parseTemplate(previews.path, PREVIEW_PATH_VARIABLES))
  const snapshot = await forgeOf(forges, previews.manifests).readManifests(previews.manifests, {
    branch: previews.manifestBranch,
    files: [POLICY_PATH],
    directories: [{ path: root, texts, history: 0 }],
    changeRequestBranches: [],
  })
  const place = `${repositoryKey(snapshot.repository)} at ${snapshot.branch}`
  if (!snapshot.complete) {
    const message = `Not everything below ${root} in ${place} could be read.`
    throw new SupercargoError(message, { code: 'manifests-incomplete', kind: 'transient' })
  }
  const policy = policyOf(snapshot.files[POLICY_PATH] ?? null, snapshot.repository)
  if (!policy.ok)
    throw wrong('policy-broken', `The policy of ${repositoryKey(snapshot.repository)} has problems.`)
  const found = previewsInGit(snapshot, previews)
  const decision = decide(policy.value, repository, previews.manifests, {
    name: PREVIEWS,
    paths: [...found.keys()],
    images: previews.images,
    merge: 'review',
  })
  if (!decision.allowed) throw wrong(decision.reason.code, decision.reason.message)
  return found
}

function wrong(code: string, message: string): SupercargoError {
  return new SupercargoError(message, { code, kind: 'permanent' })
}
