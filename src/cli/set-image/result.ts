import { relative } from 'node:path'
import type { EditReport, FileEdit } from '../../edit/editor.ts'
import { isKustomizationPath } from '../../edit/formats/kind.ts'
import { notFoundMessage } from '../../edit/search/nearest.ts'
import type { ImagesEdit } from '../../edit/set-images.ts'
import type { WantedImage } from './choose-tags.ts'
import type { LocalFiles, UnreadFile } from './read-files.ts'

/** What became of one image; paths are as seen from the working directory. */
export interface ImageResult extends Pick<EditReport, 'outcome' | 'files' | 'seen'> {
  wanted: WantedImage
  /** Why it was not found; null where it was. */
  message: string | null
}

export interface Result {
  /** False where an image is refused or found nowhere: nothing may be written. */
  ok: boolean
  images: ImageResult[]
  /** What changes; paths are as seen from where they were read. [] where `ok` is false. */
  edits: FileEdit[]
  /** The same paths as seen from the working directory. */
  shown(path: string): string
  unread: UnreadFile[]
  /** The text of the first file after the edits; what a filter prints. */
  text: string
}

/** One of several names of one build is enough: those that are found nowhere are then left out. */
export function judge(
  wanted: readonly WantedImage[],
  { root, files, unread }: LocalFiles,
  { reports, edits }: ImagesEdit,
): Result {
  const prefix = relative(process.cwd(), root).replaceAll('\\', '/')
  const shown = (path: string) => (prefix === '' ? path : `${prefix}/${path}`)
  const pairs = wanted.flatMap((each, index) => {
    const report = reports[index]
    return report === undefined ? [] : [{ wanted: each, report }]
  })
  const isFound = (build: number) =>
    pairs.some((pair) => pair.wanted.build === build && pair.report.outcome !== 'not-found')
  const advice = files.some(({ path }) => isKustomizationPath(path))
    ? ' To add it to a kustomization, write --add PATH.'
    : ''
  const images = pairs
    .filter(({ wanted: { build }, report }) => {
      return build === undefined || report.outcome !== 'not-found' || !isFound(build)
    })
    .map(({ wanted: each, report: { outcome, files: reported, seen } }) => ({
      wanted: each,
      outcome,
      files: reported.map((file) => ({ ...file, path: shown(file.path) })),
      seen,
      message:
        outcome === 'not-found' ? notFoundMessage(each.image.written, 'that was read', seen) + advice : null,
    }))
  const ok = images.every(({ outcome }) => outcome === 'updated' || outcome === 'current')
  return {
    ok,
    images,
    edits: ok ? edits : [],
    shown,
    unread: unread.map((file) => ({ ...file, path: shown(file.path) })),
    text: (ok ? edits[0]?.after : undefined) ?? files[0]?.text ?? '',
  }
}
