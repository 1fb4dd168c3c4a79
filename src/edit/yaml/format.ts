import type { Place, Splice, VersionWish } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import type { Mapping } from './mapping.ts'

/** One format in which YAML names images: a file of its own in `formats/`. */
export interface YamlFormat {
  /** As places give it. */
  readonly name: string
  /** Every reference to an image in an object of a document. Offsets and lines as the document counts them. */
  places(document: YamlDocument, object: Mapping): Place[]
}

/** Adds the image to a document of the format that does not name it; null where its shape does not allow it. */
export type AddImage = (document: YamlDocument, name: string, wish: VersionWish) => Splice[] | null
