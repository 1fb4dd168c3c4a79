import { lruCache } from '../../domain/lru.ts'
import type { ManifestDescriptor } from '../registry.ts'
import { createBlobs } from './blobs.ts'
import { createLists } from './lists.ts'
import { createManifests } from './manifests.ts'
import type { RegistryAccess } from './options.ts'
import { createRequests } from './requests.ts'
import { createShare } from './share.ts'

/** Of one registry's manifests, and as much again of its blobs. */
const CACHED_BYTES = 2 * 1024 * 1024

/**
 * One registry's API, by repository (`acme/web`, without the host). Follows the distribution specification 1.1:
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md. Whatever is read by digest has been checked
 * against it. Throws as the port `registry/registry.ts` says.
 */
export interface OciClient {
  /** #checking-if-content-exists-in-the-registry ; null where there is none. */
  headManifest(repository: string, reference: string): Promise<ManifestDescriptor | null>
  /** #pulling-manifests ; at most 4 MiB; null where there is none. */
  getManifest(repository: string, reference: string): Promise<Manifest | null>
  /** #pulling-blobs ; at most `maxBytes`, by default 8 MiB; null where there is none. */
  getBlob(repository: string, digest: string, maxBytes?: number): Promise<Uint8Array | null>
  /** #listing-tags ; every page of them; none of a repository that does not exist. */
  listTags(repository: string): Promise<string[]>
  /** #listing-referrers ; every page, and from the tag `sha256-…` where the registry has no such API. */
  listReferrers(repository: string, digest: string, artifactType?: string): Promise<Descriptor[]>
  /** #pushing-manifests ; the same bytes under a tag or their own digest. */
  putManifest(repository: string, reference: string, manifest: Manifest): Promise<void>
  /** #mounting-a-blob-from-another-repository ; throws `mount-refused` (permanent) where the registry would not. */
  mountBlob(repository: string, digest: string, from: string): Promise<void>
}

export interface Manifest extends ManifestDescriptor {
  bytes: Uint8Array
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface Descriptor extends ManifestDescriptor {
  size: number
  artifactType?: string
  annotations?: Record<string, string>
}

export function createOciClient(access: RegistryAccess): OciClient {
  const requests = createRequests(access)
  const manifests = createManifests(
    requests,
    lruCache<Manifest>(CACHED_BYTES, ({ bytes }) => bytes.length),
  )
  const blobs = createBlobs(
    requests,
    lruCache<Uint8Array>(CACHED_BYTES, (bytes) => bytes.length),
  )
  const lists = createLists(requests, manifests.getManifest)
  const share = createShare()
  return {
    ...blobs,
    headManifest: (repository, reference) =>
      share(`head ${repository} ${reference} `, () => manifests.headManifest(repository, reference)),
    getManifest: (repository, reference) =>
      share(`get ${repository} ${reference} `, () => manifests.getManifest(repository, reference)),
    listTags: (repository) => share(`tags ${repository} `, () => lists.listTags(repository)),
    listReferrers: (repository, digest, artifactType = '') =>
      share(`referrers ${repository} ${digest} ${artifactType}`, () =>
        lists.listReferrers(repository, digest, artifactType === '' ? undefined : artifactType),
      ),
    async putManifest(repository, reference, manifest) {
      await manifests.putManifest(repository, reference, manifest)
      share.forget(` ${repository} `)
    },
  }
}
