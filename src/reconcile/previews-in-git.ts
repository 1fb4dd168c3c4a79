import { decide } from '../config/consent.ts'
import type { Previews, RemovalLimit } from '../config/model.ts'
import { SupercargoError } from '../domain/errors.ts'
import { configPaths, POLICY_PATH, PREVIEWS } from '../domain/names.ts'
import { type ForgeId, type RepositoryId, repositoryKey } from '../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateRoot } from '../domain/template.ts'
import type { Forge, ManifestFile } from '../forge/forge.ts'
import { previewId, previewsInGit } from '../plan/previews/files.ts'
import type { AbsentPreview } from '../plan/previews/turn.ts'
import { manifestsOf, type ReadableManifests } from '../plan/world.ts'

import { forgeOf } from './dependencies.ts'
import { type Configuration, configurationOf } from './read-configuration.ts'
import { policyOf } from './read-manifests.ts'
import { readAndPlan, type Sources } from './read-world.ts'

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
  const config = configurationOf(source, paths, [...forges.keys()])
  if (config.kind !== 'config') throw unusable(source.repository, config)
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
  const policy = policyOf(snapshot.files[POLICY_PATH] ?? null, snapshot.repository)
  return allInGit(repository, previews, { snapshot, policy })
}

/** The previews of one app by what tells them apart, see previewId(). */
export interface AppPreviews {
  app: string
  /** More are removed at once only when a person has confirmed it. */
  maxRemovals: RemovalLimit
  /** Those that Git holds, and those that it is to hold. */
  ids: string[]
}

/**
 * Of every app of a repository that has previews: what Git holds, and what the plan wants it to hold, because a path in the
 * configuration may have changed just now. Throws as readPreviewsInGit().
 */
export async function listPreviews(
  repository: RepositoryId,
  sources: Sources,
): Promise<{ repository: RepositoryId; apps: AppPreviews[] }> {
  const reading = await readAndPlan(repository, sources, { confirmRemovals: false })
  if (reading.kind !== 'planned') throw unusable(reading.source?.repository ?? repository, reading)
  const { world, plan } = reading
  const source = world.source.repository
  const apps = world.config.apps.flatMap(({ name, previews }): AppPreviews[] => {
    if (previews === null) return []
    const manifests = manifestsOf(world, previews)
    if (manifests.snapshot === null) throw wrong(manifests.reason.code, manifests.reason.message)
    const inGit = allInGit(source, previews, manifests)
    const wanted = plan.previews.filter(({ app, state }) => app === name && !Object.hasOwn(ABSENT, state))
    const paths = new Set([...inGit.keys(), ...wanted.map(({ preview }) => preview.path)])
    const ids = [...paths].map((path) => previewId(previews, path))
    return [{ app: name, maxRemovals: previews.maxRemovals, ids }]
  })
  return { repository: source, apps }
}

/** These have none now, and are told of only. */
const ABSENT: Readonly<Record<AbsentPreview['state'], true>> = {
  queued: true,
  expired: true,
  down: true,
  withdrawn: true,
}

/** All, or it throws. */
function allInGit(
  source: RepositoryId,
  previews: Previews,
  { snapshot, policy }: Pick<ReadableManifests, 'snapshot' | 'policy'>,
): Map<string, ManifestFile[]> {
  const name = repositoryKey(snapshot.repository)
  if (!snapshot.complete) {
    const message = `Not everything below ${previews.path} in ${name} at ${snapshot.branch} could be read.`
    throw new SupercargoError(message, { code: 'manifests-incomplete', kind: 'transient' })
  }
  if (!policy.ok) throw wrong('policy-broken', `The policy of ${name} has problems.`)
  const found = previewsInGit(snapshot, previews)
  const decision = decide(policy.value, source, previews.manifests, {
    name: PREVIEWS,
    paths: [...found.keys()],
    images: previews.images,
    merge: 'review',
  })
  if (!decision.allowed) throw wrong(decision.reason.code, decision.reason.message)
  return found
}

function unusable(repository: RepositoryId, reading: Unusable): SupercargoError {
  const name = repositoryKey(repository)
  if (reading.kind === 'nothing') return wrong(reading.reason.code, `${name}: ${reading.reason.message}`)
  const { what, file, problems } = reading
  const [first] = problems
  const where = first === undefined ? file : `${file}:${first.line}: ${first.message}`
  return wrong('configuration-broken', `The ${what} of ${name} has problems. ${where}`)
}

type Unusable = Exclude<Configuration, { kind: 'config' }>

function wrong(code: string, message: string): SupercargoError {
  return new SupercargoError(message, { code, kind: 'permanent' })
}
