import type { ImageReference } from '../../domain/image.ts'
import { builtReference, isObject, parseBuildOutput } from './build-output.ts'
import { usageError } from './usage-error.ts'

/** One name under which a build was pushed. */
export interface BuiltImage {
  reference: ImageReference
  /** `sha256:…` of the manifest or index; null where the file does not say it. */
  digest: string | null
  /** Names of one build have one number. */
  build: number
}

/**
 * The images of `docker buildx build --metadata-file FILE`, or of `docker buildx bake`, which has the same for
 * each target: `image.name` (references with commas between) and `containerimage.digest`.
 * https://docs.docker.com/reference/cli/docker/buildx/build/#metadata-file
 * https://docs.docker.com/reference/cli/docker/buildx/bake/#metadata-file
 * @throws SupercargoError `usage`
 */
export function readBuildx(file: string, text: string): BuiltImage[] {
  const output = parseBuildOutput(file, text)
  if (!isObject(output)) throw usageError(`${file} is not a metadata file of buildx.`)
  const builds = isBuild(output) ? [output] : Object.values(output).filter(isBuild)
  const named = builds.filter((build) => typeof build['image.name'] === 'string')
  if (named.length === 0) {
    throw usageError(
      `${file} names no image.`,
      'Build with --tag and --push, so that buildx writes "image.name".',
    )
  }
  return named.flatMap((build, index) => {
    const digest = build['containerimage.digest']
    return String(build['image.name'])
      .split(',')
      .map((name) => ({
        reference: builtReference(file, name.trim()),
        digest: typeof digest === 'string' ? digest : null,
        build: index,
      }))
  })
}

function isBuild(value: unknown): value is Record<string, unknown> {
  return isObject(value) && ('image.name' in value || 'containerimage.digest' in value)
}
