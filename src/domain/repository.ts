import { SupercargoError } from './errors.ts'

/** The name that the operator gave a forge; `github` and `gitlab` are the usual ones. */
export type ForgeId = string

/** A repository on a forge. `path` is `owner/name` on GitHub, and may have more groups on GitLab. */
export interface RepositoryId {
  forge: ForgeId
  path: string
}

const PATH = /^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+$/
const FORGE = /^[a-z][a-z0-9-]*$/

/** `github:acme/web`: the key under which a repository is queued, locked and logged. */
export function repositoryKey(repository: RepositoryId): string {
  return `${repository.forge}:${repository.path}`
}

/** The owner, organisation or group: everything before the last `/`. */
export function repositoryOwner(repository: RepositoryId): string {
  return repository.path.slice(0, repository.path.lastIndexOf('/'))
}

/** The last part of the path. */
export function repositoryName(repository: RepositoryId): string {
  return repository.path.slice(repository.path.lastIndexOf('/') + 1)
}

/** Forges compare repository paths without regard to case. */
export function sameRepository(a: RepositoryId, b: RepositoryId): boolean {
  return a.forge === b.forge && a.path.toLowerCase() === b.path.toLowerCase()
}

/**
 * Reads `acme/web` or `github:acme/web`.
 * @param defaultForge the forge of a text that names none
 * @throws SupercargoError `repository-invalid` for anything else
 */
export function parseRepository(text: string, defaultForge: ForgeId): RepositoryId {
  const colon = text.indexOf(':')
  const forge = colon === -1 ? defaultForge : text.slice(0, colon)
  const path = colon === -1 ? text : text.slice(colon + 1)
  const dots = path.split('/').some((part) => part === '.' || part === '..')
  if (!FORGE.test(forge) || !PATH.test(path) || dots) {
    throw new SupercargoError(`"${text}" is not a repository.`, {
      code: 'repository-invalid',
      kind: 'permanent',
      advice: 'Write it as owner/name or forge:owner/name, such as github:acme/k8s-manifests.',
    })
  }
  return { forge, path }
}
