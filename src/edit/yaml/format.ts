import type { Place, Splice, VersionWish } from '../editor.ts'
import type { YamlDocument } from './document.ts'

/** One format in which YAML names images: a file of its own in `formats/`. */
export interface YamlFormat {
  readonly name: string
  /** Whether a document is of this format; the first format that says so has it. */
  holds(document: YamlDocument): boolean
  /** Every reference to an image in the document. Offsets and lines as the document counts them. */
  places(document: YamlDocument): Place[]
}

/** Adds the image to a document of the format that does not name it; null where its shape does not allow it. */
export type AddImage = (document: YamlDocument, name: string, wish: VersionWish) => Splice[] | null
