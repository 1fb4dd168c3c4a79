import type { ImageName } from '../domain/image.ts'

/**
 * The port of the manifest editors: text -> text plus changes, without I/O. Each format is a file of its own
 * that implements Editor; `set-image.ts` asks them all.
 */
export interface Editor {
  /** `kustomize`, `kubernetes`, `helm-values`. */
  readonly format: string
  /** Where this format names the image in one file. Never throws: what it cannot read is a Refusal. */
  locate(file: TextFile, image: ImageName): Located
}

export interface TextFile {
  /** Relative to the repository's root, with `/`. */
  path: string
  text: string
}

export interface Located {
  places: Place[]
  refusals: Refusal[]
}

/** One reference to the image: the source ranges of the scalars that say its version. */
export interface Place {
  /** The present tag as it stands in the source text, unquoted; null where there is none. */
  tag: string | null
  /** The present digest, `sha256:…`; null where there is none. */
  digest: string | null
  /** Of the scalar, from 1. */
  line: number
  column: number
  /** The splices that bring this place to a version; [] when it has it already. Throws nothing. */
  splices(wish: VersionWish): Splice[] | Refusal
}

export interface VersionWish {
  tag: string
  /** `sha256:…`; absent when it is not known: a stale digest must then go or the edit is refused. */
  digest?: string
}

/** Replaces text[start, end) by `text`; offsets in UTF-16 code units. */
export interface Splice {
  start: number
  end: number
  text: string
}

export interface Refusal {
  /** Stable reason code, such as `not-yaml`, `alias`, `proof-failed`. */
  code: string
  /** One whole sentence. */
  message: string
  path: string
  line: number
  column: number
}

/** One reference to the image in the manifests as they are. */
export interface Sighting {
  path: string
  line: number
  column: number
  format: string
  tag: string | null
  digest: string | null
}

/** A file with new text; every byte outside the spliced scalars is equal. */
export interface FileEdit {
  path: string
  before: string
  after: string
}

export interface EditReport {
  edits: FileEdit[]
  /** Every reference, before the edit, in the order of paths and lines. */
  sightings: Sighting[]
  /** Not empty: nothing may be written. */
  refusals: Refusal[]
  /** When nothing was found: names of other images that were seen, nearest first, at most 5. */
  seen: string[]
}
