import type { ImageName } from '../domain/image.ts'
import type { EditReport, FileEdit, TextFile, VersionWish } from './editor.ts'
import { type SetImageOptions, setImage } from './set-image.ts'

export interface ImageChange {
  image: ImageName
  wish: VersionWish
  options?: SetImageOptions
}

export interface ImagesEdit {
  /** One for each change, in their order. */
  reports: EditReport[]
  /** The files that differ in the end, each once, in the order in which they were given; [] where any change is refused. */
  edits: FileEdit[]
}

/**
 * Sets several images one after the other over the same files. Throws only what `others` throws.
 * @param others as with `setImage`
 */
export function setImages(
  files: readonly TextFile[],
  changes: readonly ImageChange[],
  others?: () => readonly TextFile[],
): ImagesEdit {
  let current = files
  const reports = changes.map(({ image, wish, options }) => {
    const report = setImage(current, image, wish, options, others)
    const after = new Map(report.edits.map((edit) => [edit.path, { path: edit.path, text: edit.after }]))
    if (after.size > 0) current = current.map((file) => after.get(file.path) ?? file)
    return report
  })
  if (reports.some(({ outcome }) => outcome === 'refused')) return { reports, edits: [] }
  const edits = files.flatMap(({ path, text }, index) => {
    const now = current[index]?.text ?? text
    return now === text ? [] : [{ path, before: text, after: now }]
  })
  return { reports, edits }
}
