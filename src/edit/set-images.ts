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

/** Sets several images one after the other over the same files. Never throws. */
export function setImages(files: readonly TextFile[], changes: readonly ImageChange[]): ImagesEdit {
  const after = new Map(files.map(({ path, text }) => [path, text]))
  const reports = changes.map(({ image, wish, options }) => {
    const current = [...after].map(([path, text]) => ({ path, text }))
    const report = setImage(current, image, wish, options)
    for (const edit of report.edits) after.set(edit.path, edit.after)
    return report
  })
  if (reports.some(({ outcome }) => outcome === 'refused')) return { reports, edits: [] }
  const edits = files.flatMap(({ path, text }) => {
    const now = after.get(path) ?? text
    return now === text ? [] : [{ path, before: text, after: now }]
  })
  return { reports, edits }
}
