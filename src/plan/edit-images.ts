import type { Environment } from '../config/model.ts'
import type { FileEdit, Remark, Sighting, TextFile } from '../edit/editor.ts'
import { notFoundMessage } from '../edit/nearest.ts'
import { setImages } from '../edit/set-images.ts'
import type { Reason } from './action.ts'

/** The manifests of one environment with all of its images at one tag. */
export interface Edited {
  /** Files that change, each once. */
  edits: FileEdit[]
  /** The references as they were. */
  sightings: Sighting[]
  /** What was left alone and why. */
  notes: Remark[]
  /** Not null: nothing may be written. */
  problem: Reason | null
}

/** Sets every image of the environment, one after the other, over the same files. */
export function editImages(files: readonly TextFile[], environment: Environment, tag: string): Edited {
  const { images, path } = environment
  const changes = images.map((image) => ({ image, wish: { tag }, options: { addUnder: path } }))
  const { reports, edits } = setImages(files, changes)
  const sightings = reports.flatMap((report) => report.sightings)
  const notes = reports.flatMap((report) => report.notes)
  for (const [index, report] of reports.entries()) {
    const [refusal] = report.refusals
    if (refusal !== undefined) {
      const where = `${refusal.path}:${refusal.line}:${refusal.column}`
      const problem = { code: refusal.code, message: `${refusal.message} (${where})` }
      return { edits: [], sightings, notes, problem }
    }
    if (report.outcome === 'not-found') {
      const message = notFoundMessage(images[index]?.written ?? '', `under ${path}`, report.seen)
      return { edits: [], sightings, notes, problem: { code: 'image-not-found', message } }
    }
  }
  return { edits, sightings, notes, problem: null }
}
