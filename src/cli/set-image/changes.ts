import { relative, resolve, sep } from 'node:path'
import { type ImageName, parseImageName, sameImage } from '../../domain/image.ts'
import { kustomizationUnder } from '../../edit/across-files/add-image.ts'
import type { ImageChange } from '../../edit/set-images.ts'
import { lastPart, type WishedImage } from './image-reference.ts'
import type { LocalFiles } from './read-files.ts'
import { usageError } from './usage-error.ts'

interface Flags {
  app?: string
  policy?: string[]
  add?: string
}

/**
 * What the editors are to do.
 * @param named the kustomization that is the only path; null where there is none
 * @throws SupercargoError `usage` or `image-invalid`
 */
export function changesOf(
  wanted: readonly WishedImage[],
  { root, files }: Pick<LocalFiles, 'root' | 'files'>,
  named: string | null,
  { app, policy = [], add }: Flags,
): ImageChange[] {
  if (app !== undefined && wanted.length > 1) {
    throw usageError('--app goes with one image.', 'Markers may name an image instead of an app.')
  }
  const policies = policy.map((text) => parsePolicy(text, wanted))
  const to = add ?? named
  const addUnder = to === null ? null : relative(root, resolve(to)).replaceAll(sep, '/')
  if (add !== undefined && kustomizationUnder(files, addUnder ?? '') === null) {
    throw usageError(
      `"${add}" is not, and does not hold, a kustomization that was read.`,
      'Name a kustomization file, or a directory that holds one, of those that a PATH leads to.',
    )
  }
  return wanted.map(({ image, tag, digest, newName }) => {
    const name = app ?? defaultApp(image, wanted)
    return {
      image,
      wish: {
        tag: tag ?? '',
        ...(digest === null ? {} : { digest }),
        ...(newName === null ? {} : { name: newName.written }),
      },
      options: {
        ...(name === null ? {} : { app: name }),
        policies: policies.filter((each) => sameImage(each.image, image)).map((each) => each.policy),
        ...(addUnder === null ? {} : { addUnder }),
      },
    }
  })
}

/** The last part of the name; null where several images would have the same. */
function defaultApp(image: ImageName, wanted: readonly WishedImage[]): string | null {
  const name = lastPart(image)
  return wanted.filter((each) => lastPart(each.image) === name).length === 1 ? name : null
}

/** `namespace:name=image`; the image may be left out where there is only one. */
function parsePolicy(text: string, wanted: readonly WishedImage[]): { policy: string; image: ImageName } {
  const [policy = '', ...rest] = text.split('=')
  if (!/^[a-z0-9.-]+:[a-z0-9.-]+$/.test(policy)) {
    throw usageError(
      `"${text}" is not a policy.`,
      'Write NAMESPACE:NAME=IMAGE, such as flux-system:web=nginx.',
    )
  }
  const [only] = wanted
  if (rest.length === 0 && wanted.length === 1 && only !== undefined) return { policy, image: only.image }
  const image = parseImageName(rest.join('='))
  if (wanted.some((each) => sameImage(each.image, image))) return { policy, image }
  throw usageError(`--policy ${text} names an image that is not set here.`, `Add ${image.written}=TAG.`)
}
