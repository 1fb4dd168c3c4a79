import { createHash, randomBytes } from 'node:crypto'

export const IMAGE_MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
export const IMAGE_INDEX = 'application/vnd.oci.image.index.v1+json'
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

export interface ImageWish {
  labels?: Record<string, string>
  annotations?: Record<string, string>
  /** Contents of its layers; by default one of random bytes, so that no two images are alike. */
  layers?: Uint8Array[]
  /** Default: `linux/amd64`. */
  platform?: string
  /** As Docker's older media types have it. */
  docker?: boolean
  /** https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md#image-manifest-property-descriptions */
  subject?: { digest: string; mediaType: string; size: number }
  artifactType?: string
}

/** Something with bytes and a digest: a manifest or a blob. */
export interface Content {
  mediaType: string
  bytes: Uint8Array
  digest: string
  size: number
}

export function content(mediaType: string, value: object | Uint8Array): Content {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value, null, 2))
  return { mediaType, bytes, digest: digestOf(bytes), size: bytes.length }
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`
}

/** An image with everything that it names; https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md */
export function buildImage(wish: ImageWish = {}): { manifest: Content; blobs: Content[]; platform: object } {
  const { docker = false, labels = {}, annotations, layers = [randomBytes(64)] } = wish
  const [os, architecture] = (wish.platform ?? 'linux/amd64').split('/')
  const layerType = docker
    ? 'application/vnd.docker.image.rootfs.diff.tar.gzip'
    : 'application/vnd.oci.image.layer.v1.tar+gzip'
  const layerBlobs = layers.map((bytes) => content(layerType, bytes))
  const diffs = layerBlobs.map(({ digest }) => digest)
  const config = content(
    docker ? 'application/vnd.docker.container.image.v1+json' : 'application/vnd.oci.image.config.v1+json',
    { os, architecture, config: { Labels: labels }, rootfs: { type: 'layers', diff_ids: diffs } },
  )
  const mediaType = docker ? DOCKER_MANIFEST : IMAGE_MANIFEST
  const manifest = content(mediaType, {
    schemaVersion: 2,
    mediaType,
    ...(wish.artifactType === undefined ? {} : { artifactType: wish.artifactType }),
    config: descriptor(config),
    layers: layerBlobs.map(descriptor),
    ...(wish.subject === undefined ? {} : { subject: wish.subject }),
    ...(annotations === undefined ? {} : { annotations }),
  })
  return { manifest, blobs: [config, ...layerBlobs], platform: { os, architecture } }
}

export function descriptor({ mediaType, digest, size }: Content) {
  return { mediaType, digest, size }
}
