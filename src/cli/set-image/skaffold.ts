import { builtReference, isObject, parseBuildOutput } from './build-output.ts'
import { renamedTo, type WishedImage } from './image-reference.ts'
import { usageError } from './usage-error.ts'

/**
 * The images of `skaffold build --file-output=FILE`: `{"builds":[{"imageName","tag"}]}`, where `tag` is a whole
 * reference, whose name is another one where skaffold has a default repository.
 * https://skaffold.dev/docs/references/cli/#skaffold-build
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function readSkaffold(file: string, text: string): WishedImage[] {
  const output = parseBuildOutput(file, text)
  const builds = isObject(output) && Array.isArray(output.builds) ? output.builds : null
  if (builds === null) {
    throw usageError(
      `${file} has no list "builds".`,
      'It must be what skaffold build --file-output has written.',
    )
  }
  if (builds.length === 0) throw usageError(`${file} says that nothing was built.`)
  return builds.map((build: unknown) => {
    const { imageName, tag } = isObject(build) ? build : {}
    if (typeof imageName !== 'string' || typeof tag !== 'string') {
      throw usageError(`${file} has a build without "imageName" or "tag".`)
    }
    if (!/[:@][^/]*$/.test(tag)) throw usageError(`${file} has "${tag}" without a tag or a digest.`)
    return renamedTo(builtReference(file, imageName).name, tag)
  })
}
