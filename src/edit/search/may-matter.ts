import type { ImageName } from '../../domain/image.ts'
import { isKustomizationPath, isValuesPath } from '../formats/kind.ts'
import { needleOf } from './mention.ts'

/**
 * For who reads more files than an edit needs: a file matters to the editing of images only where one of these
 * texts stands in it, or its path alone says so.
 */
export function cluesFor(images: readonly ImageName[]): string[] {
  return [...new Set(images.map(needleOf)), 'supercargo:', '$imagepolicy', 'ImageTagTransformer']
}

/** Whether a file may decide a version, or say one, without naming the image. */
export function mattersByPath(path: string): boolean {
  return isKustomizationPath(path) || isValuesPath(path)
}
