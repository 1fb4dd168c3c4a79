import {
  DIGEST_PATTERN,
  type ImageName,
  type ImageReference,
  parseImageName,
  readReference,
  sameImage,
  TAG_PATTERN,
} from '../../domain/image.ts'
import { usageError } from './usage-error.ts'

/** An image, and what it should be. */
export interface WishedImage {
  image: ImageName
  /** As written on the command line or in the output of a build. */
  tag: string | null
  digest: string | null
  /** The name that it should have from now on; null where it keeps its own. */
  newName: ImageName | null
}

/** As kustomize has it: the version stays. */
const KEPT = /[:@]\*$/

/** What stands before `@` and is a tag rather than the name of another image. */
const LIKE_A_TAG = /^(?:v?\d|latest$|[0-9a-f]{7,}$)/

export const REF_GRAMMAR = `REF is one of
  v2, :v2                      a tag
  v2@sha256:…                  a tag and its digest
  @sha256:…                    a digest, in place of a tag as well
  ghcr.io/acme/web:v2@sha256:… a whole reference, with a tag or a digest or both; another name than IMAGE
                               renames the image (newName in a kustomization), alone it keeps the version
IMAGE:TAG, IMAGE:TAG@DIGEST and IMAGE@DIGEST are short for IMAGE=…`

/**
 * Reads `IMAGE=REF`, or a reference with a tag or a digest.
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function parseWishedImage(argument: string): WishedImage {
  const equals = argument.indexOf('=')
  if (equals !== -1) return withReference(argument.slice(0, equals), argument.slice(equals + 1))
  const reference = readReference(argument)
  if (reference === null || !hasVersion(reference)) throw notUnderstood(argument)
  return { image: reference.name, tag: reference.tag, digest: reference.digest, newName: null }
}

/**
 * What an image should be, by its name and a REF.
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function withReference(name: string, ref: string): WishedImage {
  const image = parseImageName(name)
  const version = readVersion(ref, image)
  if (version !== null) return { image, tag: version.tag, digest: version.digest, newName: null }
  return renamedTo(image, ref)
}

/**
 * What an image should be, by its name and a whole reference.
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function renamedTo(image: ImageName, ref: string): WishedImage {
  const reference = readReference(ref.replace(KEPT, ''))
  if (reference === null || DIGEST_PATTERN.test(ref)) throw notUnderstood(ref)
  const { name, tag, digest } = reference
  const newName = sameImage(name, image) ? null : name
  if (newName === null && !hasVersion(reference)) throw notUnderstood(ref)
  return { image, tag, digest, newName }
}

/** What an image is called for short: `web` of `ghcr.io/acme/web`. */
export function lastPart({ written }: ImageName): string {
  return written.slice(written.lastIndexOf('/') + 1)
}

/**
 * A REF without a name, or with `*` for the present one, as kustomize has it. What could be both a tag and a name,
 * such as `nginx`, is a tag, but for the image's own name. Before a digest kustomize takes it for a name, so it is
 * refused where the image's name is as short.
 */
function readVersion(ref: string, image: ImageName): ImageReference | null {
  if (KEPT.test(ref)) return null
  if (/^\*?[:@]/.test(ref)) return readReference(`x${ref.replace('*', '')}`)
  const [word = '', digest] = ref.split('@', 2)
  if (!TAG_PATTERN.test(word)) return null
  const name = readReference(word)?.name
  if (name !== undefined && sameImage(name, image)) return null
  if (digest !== undefined && name !== undefined && !image.written.includes('/') && !LIKE_A_TAG.test(word)) {
    throw usageError(
      `"${word}" could be a tag or the name of another image.`,
      `Write :${ref} for the tag, or docker.io/library/${ref} for the name.`,
    )
  }
  return readReference(`x:${ref}`)
}

function hasVersion({ tag, digest }: ImageReference): boolean {
  return tag !== null || digest !== null
}

function notUnderstood(ref: string) {
  if (ref === '') return usageError('There is nothing behind "=".', 'Write a tag, such as v2.')
  if (DIGEST_PATTERN.test(ref)) return usageError(`"${ref}" is a digest.`, `Write @${ref}.`)
  if (readReference(ref) !== null) {
    return usageError(`"${ref}" has neither a tag nor a digest.`, `Write ${ref}:TAG.`)
  }
  return usageError(
    `"${ref}" is neither a tag, a digest nor a reference.`,
    'A tag has at most 128 letters, digits, "_", "." and "-"; a digest is written as @sha256:….',
  )
}
