import { sameImage } from '../../domain/image.ts'
import type { BuiltImage } from './buildx.ts'
import type { WishedImage } from './image-reference.ts'
import { usageError } from './usage-error.ts'

/** An image with, where it is one of several names of one build, the number of that build. */
export type WantedImage = WishedImage & { build?: number }

/**
 * What the names that a build was pushed under mean. Where one image has several tags, `latest` is not meant, and
 * of others the command line must have chosen one; its digest is then taken from here.
 * @param chosen the images of the command line, which win
 * @throws SupercargoError `usage`
 */
export function wantedOfBuilds(
  file: string,
  built: readonly BuiltImage[],
  chosen: readonly WishedImage[],
): WantedImage[] {
  const wanted: WantedImage[] = []
  for (const { reference, build } of built) {
    const { name } = reference
    if (wanted.some(({ image }) => sameImage(image, name))) continue
    const names = built.filter((each) => sameImage(each.reference.name, name))
    const tags = [...new Set(names.flatMap((each) => each.reference.tag ?? []))]
    const digestOf = (tag: string | null) => names.find((each) => each.reference.tag === tag)?.digest ?? null
    const choice = chosen.find(({ image }) => sameImage(image, name))
    if (choice !== undefined) {
      wanted.push({ ...choice, digest: choice.digest ?? digestOf(choice.tag), build })
      continue
    }
    const telling = tags.length > 1 ? tags.filter((tag) => tag !== 'latest') : tags
    if (telling.length > 1) {
      throw usageError(
        `${file} has several tags for ${name.written}: ${telling.join(', ')}.`,
        `Say which one with ${name.written}=${telling[0]}.`,
      )
    }
    const tag = telling[0] ?? null
    wanted.push({ image: name, tag, digest: digestOf(tag), newName: null, build })
  }
  return wanted
}
