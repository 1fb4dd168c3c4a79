import type { Environment } from '../config/model.ts'
import type { FileEdit, Remark, Sighting, TextFile } from '../edit/editor.ts'
import { setImage } from '../edit/set-image.ts'
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
  const before = new Map(files.map(({ path, text }) => [path, text]))
  const after = new Map(before)
  const sightings: Sighting[] = []
  const notes: Remark[] = []
  for (const image of environment.images) {
    const current = [...after].map(([path, text]) => ({ path, text }))
    const report = setImage(current, image, { tag }, { addUnder: environment.path })
    const [refusal] = report.refusals
    if (refusal !== undefined) {
      const where = `${refusal.path}:${refusal.line}:${refusal.column}`
      return {
        edits: [],
        sightings,
        notes,
        problem: { code: refusal.code, message: `${refusal.message} (${where})` },
      }
    }
    if (report.sightings.length === 0 && report.edits.length === 0) {
      const seen = report.seen.length === 0 ? '' : ` It names ${report.seen.join(', ')}.`
      const message = `Nothing under ${environment.path} names the image ${image.written}.${seen}`
      return { edits: [], sightings, notes, problem: { code: 'image-not-found', message } }
    }
    for (const edit of report.edits) after.set(edit.path, edit.after)
    sightings.push(...report.sightings)
    notes.push(...report.notes)
  }
  const edits = [...after].flatMap(([path, text]) => {
    const old = before.get(path)
    return old === undefined || old === text ? [] : [{ path, before: old, after: text }]
  })
  return { edits, sightings, notes, problem: null }
}
