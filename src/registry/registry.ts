import type { ImageName } from '../domain/image.ts'
import type { RepositoryId } from '../domain/repository.ts'
import type { Severity, SignatureTrust } from '../domain/trust.ts'

/**
 * The port to container registries: all that the operator lets the bot ask, told apart by the host in an image's
 * name. Follows https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md. Every failure is thrown as a
 * SupercargoError: `transient` with `retryAt` for rate limits, timeouts and 5xx, `permanent` for what a person must
 * mend: `registry-unknown` (the operator has not named the registry), `registry-denied` (401, 403).
 */
export interface Registry extends RegistryReader, RegistryGates {
  /**
   * Throws `retag-denied` (permanent) when the operator does not let the repository have this image tagged. No registry is
   * asked.
   * @param by the application repository whose release it is
   */
  mayRetag(images: Pick<RetagWish, 'from' | 'to'>, by: RepositoryId): Promise<void>
  /** As RegistryWriter does it, for whom `mayRetag` lets. */
  retag(wish: RetagWish, by: RepositoryId): ReturnType<RegistryWriter['retag']>
}

export interface RegistryReader {
  /** The manifest of a tag or digest, by `HEAD`; null where there is none. */
  resolve(image: ImageName, reference: string): Promise<ManifestDescriptor | null>
  /** Every tag, in no order. Throws rather than return a part of them; a repository that does not exist has none. */
  listTags(image: ImageName): Promise<string[]>
  /**
   * Labels of the image's configuration and annotations of its manifest, the latter winning. Of an index: its own
   * annotations, then those of its first image. Throws `manifest-not-found` (permanent).
   */
  readLabels(image: ImageName, digest: string): Promise<Record<string, string>>
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.0/descriptor.md */
export interface ManifestDescriptor {
  /** `sha256:…` */
  digest: string
  mediaType: string
}

export interface RegistryWriter {
  /**
   * Gives an image that exists one more tag: the same bytes, so the same digest, indexes with everything in them
   * included. Into another repository of the same registry its blobs are mounted. `already`: the tag has this digest.
   * Throws `tag-taken` (permanent) when the tag has another digest: it is never moved.
   */
  retag(wish: RetagWish): Promise<'tagged' | 'already'>
}

export interface RetagWish {
  from: ImageName
  /** Of the manifest that gets the tag. */
  digest: string
  to: ImageName
  tag: string
}

export interface RegistryGates {
  /** What the registry's scanner found in an image. Throws `scan-unsupported` (permanent) where there is none to ask. */
  readScan(image: ImageName, digest: string): Promise<Scan>
  /** Whether somebody who is trusted has signed the image. */
  verifySignature(image: ImageName, digest: string, trust: SignatureTrust): Promise<SignatureVerdict>
}

/** `running` also while it waits for its turn; `none`: nobody has asked for a scan. */
export type Scan =
  | { state: 'none' | 'running' | 'failed' }
  | { state: 'done'; worst: Severity | 'unknown'; counts: Partial<Record<Severity | 'unknown', number>> }

/** `reason`: a whole sentence, without markup. */
export type SignatureVerdict = { valid: true; signer: string } | { valid: false; reason: string }
