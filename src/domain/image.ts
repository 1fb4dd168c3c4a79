import { SupercargoError } from './errors.ts'

/**
 * An image's name without tag and digest, as it was written. Follows the distribution reference grammar:
 * https://github.com/distribution/reference/blob/main/reference.go
 */
export interface ImageName {
  /** As written; this is what is ever written back. */
  written: string
  /** For comparing only: with registry and `library/`, lower-case host: `docker.io/library/nginx`. */
  normalised: string
}

export interface ImageReference {
  name: ImageName
  tag: string | null
  /** `sha256:…` */
  digest: string | null
}

/** OCI tag: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
export const TAG_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/
/** The algorithms that registries know: https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests */
export const DIGEST_PATTERN = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

const IMAGE_ID = /^[a-f0-9]{64}$/
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const HOST =
  /^(?:localhost|(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/

/** Of the path, without the registry; and of a host name (https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4). */
const MAX_LENGTH = 255

/** Reads `host:port/path:tag@digest`; null when the text is not a reference, or is the id of a local image. */
export function readReference(text: string): ImageReference | null {
  if (IMAGE_ID.test(text)) return null
  const at = text.indexOf('@')
  const digest = at === -1 ? null : text.slice(at + 1)
  const rest = at === -1 ? text : text.slice(0, at)
  const colon = rest.lastIndexOf(':')
  const tagged = colon > rest.lastIndexOf('/') && colon > rest.lastIndexOf(']')
  const tag = tagged ? rest.slice(colon + 1) : null
  const written = tagged ? rest.slice(0, colon) : rest
  const normalised = normaliseName(written)
  if (normalised === null) return null
  if (tag !== null && !TAG_PATTERN.test(tag)) return null
  if (digest !== null && !DIGEST_PATTERN.test(digest)) return null
  return { name: { written, normalised }, tag, digest }
}

/**
 * Reads a name without tag or digest.
 * @throws SupercargoError `image-invalid`
 */
export function parseImageName(text: string): ImageName {
  const reference = readReference(text)
  if (reference === null || reference.tag !== null || reference.digest !== null) {
    throw new SupercargoError(`"${text}" is not the name of an image.`, {
      code: 'image-invalid',
      kind: 'permanent',
      advice: 'Write it in lower-case letters and without a tag, such as ghcr.io/acme/web.',
    })
  }
  return reference.name
}

/** True for two spellings of one image: `nginx`, `library/nginx` and `docker.io/library/nginx`. */
export function sameImage(a: ImageName, b: ImageName): boolean {
  return a.normalised === b.normalised
}

/**
 * The image at a path of a registry; null when that is not the path of one. Nothing in the path chooses the registry.
 * @param host of the registry, as images name it: `ghcr.io`, `localhost:5000`
 */
export function imageAt(host: string, path: string): ImageName | null {
  const reference = readReference(`${host}/${path}`)
  return reference?.tag === null && reference.digest === null ? reference.name : null
}

/** The registry's host in the form that names are compared by, and the repository there: `acme/web`, `library/nginx`. */
export function splitName({ normalised }: Pick<ImageName, 'normalised'>): {
  host: string
  repository: string
} {
  const slash = normalised.indexOf('/')
  return { host: normalised.slice(0, slash), repository: normalised.slice(slash + 1) }
}

/** The key under which it is remembered which applications use an image: `image:ghcr.io/acme/web`. */
export function imageKey(normalised: string): string {
  return `image:${normalised}`
}

/** True for what `imageKey` gives, among keys of other things. */
export function isImageKey(key: string): boolean {
  return key.startsWith(imageKey(''))
}

function normaliseName(written: string): string | null {
  const slash = written.indexOf('/')
  const first = slash === -1 ? '' : written.slice(0, slash)
  const hasHost =
    first !== '' && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const host = hasHost ? first : 'docker.io'
  const path = hasHost ? written.slice(slash + 1) : written
  if (host.length > MAX_LENGTH || path.length > MAX_LENGTH) return null
  if (!HOST.test(host) || !path.split('/').every((part) => COMPONENT.test(part))) return null
  const registry = canonicalHost(host.toLowerCase())
  const full = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path
  return `${registry}/${full}`
}

function canonicalHost(host: string): string {
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}
