import type { ImageName } from '../../domain/image.ts'
import { finish } from '../edit-file.ts'
import type { Place, TextFile, VersionWish } from '../editor.ts'
import { type FileOutcome, newOutcome, refusalOf } from '../file-outcome.ts'
import { isKustomizationPath } from '../formats/kind.ts'
import { addToKustomization } from '../formats/kustomize.ts'
import { names } from '../search/names.ts'
import { readDocuments } from '../yaml/document.ts'
import { yamlEditor } from '../yaml-editor.ts'

/** The kustomization that an environment's path is, or holds; null where there is none. */
export function kustomizationUnder(files: readonly TextFile[], path: string): TextFile | null {
  const directory = path.replace(/\/+$/, '')
  const prefix = directory === '' || directory === '.' ? '' : `${directory}/`
  const paths = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].map((name) => `${prefix}${name}`)
  if (isKustomizationPath(path)) paths.unshift(path)
  return paths.flatMap((wanted) => files.find((file) => file.path === wanted) ?? [])[0] ?? null
}

/** Adds an `images:` entry for the image to a kustomization that has none. Never throws. */
export function addImage(file: TextFile, image: ImageName, wish: VersionWish): FileOutcome {
  const outcome = newOutcome(file.path)
  const { documents, unreadable } = readDocuments(file)
  const [document] = documents
  const located = yamlEditor.locate(file)
  outcome.refusals.push(...located.unread.map(refusalOf))
  const splices =
    document === undefined || documents.length > 1 || unreadable.length > 0
      ? null
      : addToKustomization(document, image.written, wish)
  if (splices === null || document === undefined) {
    const message = 'An entry for the image cannot be added here without touching anything else.'
    if (outcome.refusals.length === 0) {
      outcome.refusals.push({ code: 'unsupported-shape', message, path: file.path, line: 1, column: 1 })
    }
    return outcome
  }
  const moved = splices.map((splice) => ({
    ...splice,
    start: splice.start + document.part.offset,
    end: splice.end + document.part.offset,
  }))
  finish(
    file,
    located,
    moved,
    ({ places }) => places.some((place) => names(place, image.normalised) && isSaid(place, wish)),
    outcome,
  )
  return outcome
}

function isSaid({ tag, digest }: Place, wish: VersionWish): boolean {
  return wish.tag === '' ? digest === (wish.digest ?? null) : tag === wish.tag
}
