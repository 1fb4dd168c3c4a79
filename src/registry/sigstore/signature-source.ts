/**
 * What this room asks of a registry, by repository (`acme/web`, without the host); `registry/oci`'s client answers it.
 * Whatever is read by digest has been checked against it.
 */
export interface SignatureSource {
  /** Null where there is none. */
  getManifest(repository: string, reference: string): Promise<{ bytes: Uint8Array } | null>
  /** At most `maxBytes`; null where there is none. */
  getBlob(repository: string, digest: string, maxBytes: number): Promise<Uint8Array | null>
  /** What refers to a manifest: by the referrers API, or by the tag `sha256-…` where the registry has no such API. */
  listReferrers(repository: string, digest: string): Promise<{ digest: string; artifactType?: string }[]>
}
