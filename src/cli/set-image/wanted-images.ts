import { readFileSync } from 'node:fs'
import { sameImage } from '../../domain/image.ts'
import { readBuildx } from './buildx.ts'
import { type WantedImage, wantedOfBuilds } from './choose-tags.ts'
import type { WishedImage } from './image-reference.ts'
import { readSkaffold } from './skaffold.ts'
import { usageError } from './usage-error.ts'

/** Files that build tools wrote. */
export interface BuildOutputs {
  fromSkaffold?: string
  fromBuildx?: string
}

/**
 * All images of one command: those of the command line, then those of build tools, which the command line
 * overrules.
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function wantedImages(
  named: readonly WishedImage[],
  { fromSkaffold, fromBuildx }: BuildOutputs,
): WantedImage[] {
  const built: WantedImage[] = [
    ...(fromBuildx === undefined
      ? []
      : wantedOfBuilds(fromBuildx, readBuildx(fromBuildx, readBuild(fromBuildx)), named)),
    ...(fromSkaffold === undefined ? [] : readSkaffold(fromSkaffold, readBuild(fromSkaffold))),
  ]
  const isBuilt = ({ image }: WishedImage) => built.some((each) => sameImage(each.image, image))
  refuseTwice(named)
  refuseTwice(built)
  const wanted = [...named.filter((each) => !isBuilt(each)), ...built]
  if (wanted.length > 0) return wanted
  throw usageError('No image is given.', 'Write IMAGE=TAG, such as ghcr.io/acme/web=v2.')
}

function refuseTwice(images: readonly WishedImage[]): void {
  images.forEach(({ image }, index) => {
    if (images.findIndex((each) => sameImage(each.image, image)) !== index)
      throw usageError(`${image.written} is given more than once.`)
  })
}

function readBuild(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
  }
}
