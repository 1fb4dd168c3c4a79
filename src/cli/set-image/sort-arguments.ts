import { readReference } from '../../domain/image.ts'
import { parseWishedImage, type WishedImage } from './image-reference.ts'
import { usageError } from './usage-error.ts'

/**
 * Tells the images from the paths. What starts with `/`, `./` or `../` is a path; what has a `=`, or is a
 * reference with a tag or a digest, is an image, unless a file has this name as well.
 * @param exists whether there is a file or a directory of this name
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function sortArguments(
  args: readonly string[],
  exists: (path: string) => boolean,
): { paths: string[]; images: WishedImage[] } {
  const paths: string[] = []
  const images: WishedImage[] = []
  for (const argument of args) {
    if (!isImage(argument)) paths.push(known(argument, exists))
    else if (exists(argument)) {
      throw usageError(
        `"${argument}" reads as an image, but there is a file of this name as well.`,
        `Write ./${argument} for the file, or move the file away.`,
      )
    } else images.push(parseWishedImage(argument))
  }
  return { paths, images }
}

function isImage(argument: string): boolean {
  if (/^(?:\/|\.\.?(?:\/|$))/.test(argument)) return false
  if (argument.includes('=')) return true
  const reference = readReference(argument)
  return reference !== null && (reference.tag !== null || reference.digest !== null)
}

function known(path: string, exists: (path: string) => boolean): string {
  if (path === '') throw usageError('An argument is empty.')
  if (path === '-' || exists(path)) return path
  const advice = readReference(path) === null ? undefined : `If it is an image, write ${path}=TAG.`
  throw usageError(`There is no file or directory "${path}".`, advice)
}
