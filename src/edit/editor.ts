import type { FieldValues } from '../domain/field-value.ts'
import type { ImageName } from '../domain/image.ts'

/**
 * The port of the manifest editors: text -> text plus changes, without I/O. Locate, splice, prove: an editor
 * reads a file only to find where it names images, `edit-file.ts` splices the source text, and the editor
 * reads the result again to prove that nothing else has changed. A family of formats that share a parser is
 * one Editor (`yaml-editor.ts`); each format is a file of its own (`formats/`).
 */
export interface Editor {
  /** Whether a file of this path is one that the editor reads. */
  accepts(path: string): boolean
  /**
   * Where the file names images: all of them, of any name. Never throws: what it cannot read is a Refusal.
   * With a `subject`, parts that cannot speak of it are left unread, and what a marker says is its is found.
   */
  locate(file: TextFile, subject?: Subject): Located
}

/** What an edit is about. A file, or a part of one, that cannot speak of it is not read: `search/mention.ts`. */
export interface Subject {
  image: ImageName
  /** The name that the image is to have: what has it already is the image's as well. Null where names stay. */
  renamed: ImageName | null
  /** The app that markers may name; null where there is none. */
  app: string | null
  /** Flux image policies, `namespace:name`, that stand for the image. */
  policies: readonly string[]
}

export interface TextFile {
  /** Relative to the repository's root, with `/`. */
  path: string
  text: string
}

export interface Located {
  places: Place[]
  /** Scalars that a marker gives to another app or image. */
  foreign: Range[]
  /** What could not be read, such as `not-yaml` or `too-deep`. */
  unread: Unread[]
  /**
   * Reads the file again after the splices: what it holds now, or null when anything outside of the spliced
   * scalars reads differently than before. `splices` are sorted and do not overlap.
   */
  reread(after: string, splices: readonly Splice[]): Located | null
}

/** A part of a file that could not be read: text[start, end). */
export interface Unread extends Refusal {
  start: number
  end: number
}

/** One reference to an image: the source ranges of the scalars that say its version. */
export interface Place {
  /** `kustomize`, `kubernetes`, `helm-values`, `marker`, `imagepolicy`, `line`. */
  format: string
  /**
   * The names of the image as they are written, without tag and digest. The first is what is deployed; a
   * kustomize entry with `newName` goes by its `name` as well.
   */
  names: string[]
  /** The present tag as it stands in the source text, unquoted; null where there is none. */
  tag: string | null
  /** The present digest, `sha256:…`; null where there is none. */
  digest: string | null
  /** The commit or the version that stands there instead of a tag; absent where neither does. */
  says?: Pick<FieldValues, 'sha' | 'version'>
  /** Of the scalar that says the version, or of the name where there is no version. From 1. */
  line: number
  column: number
  /**
   * The scalar that a marker says is the subject's, whatever the scalar says; absent where the image is named.
   * Within it no other place is changed.
   */
  marked?: Range
  /** Whether it is the image of a container: what kustomize's images reach without being told of it. */
  isContainer?: boolean
  /** True where there is no version yet and a key must be added; done only when nothing else names the image. */
  adds: boolean
  /** Whether a digest alone may take the place of a tag; absent where what reads the tag may not take it. */
  takesDigest?: boolean
  /** True where an anchor is used in several places: one splice changes them all. */
  isShared(): boolean
  /** The splices that bring this place to a version; [] when it has it already. Never throws. */
  splices(wish: VersionWish): Splice[] | Refusal
}

export interface VersionWish {
  /**
   * Empty where only the digest is known: what says a tag, and takes no digest, is then refused. Empty without a
   * digest: only the name changes.
   */
  tag: string
  /** `sha256:…`; absent when it is not known: a stale digest must then go or the edit is refused. */
  digest?: string
  /**
   * True: the digest is also written where there is none yet, if the format has a place for it. False: only where
   * there is one, or a marker asks for it. Absent: as the format has it.
   */
  pins?: boolean
  /** The name that the image has from now on (`newName` in kustomize); absent: names stay as they are written. */
  name?: string
  /** The full id of the commit that it was built from, for `:sha` markers. */
  sha?: string
  /** The semantic version without a leading `v`, for `:version` markers; absent: the tag, when it is one. */
  version?: string
}

/** text[start, end); offsets in UTF-16 code units. */
export interface Range {
  start: number
  end: number
}

/** Replaces a range by `text`. */
export interface Splice extends Range {
  text: string
}

/** Something that a person should know about one line of one file. */
export interface Remark {
  /** Stable reason code; `docs/manifests.md` lists them. */
  code: string
  /** One whole sentence. */
  message: string
  path: string
  /** From 1. */
  line: number
  column: number
}

/** A remark that forbids the edit. */
export type Refusal = Remark

/** One reference to the image in the manifests as they are. */
export interface Sighting {
  path: string
  line: number
  column: number
  format: string
  tag: string | null
  digest: string | null
  /** As in Place. */
  says?: Pick<FieldValues, 'sha' | 'version'>
  /** What it says after the edit; absent where nothing is edited. */
  after?: Pick<Place, 'tag' | 'digest' | 'says'>
  /** Whether the edit changes it, be it the name alone; absent where nothing is edited. */
  isEdited?: boolean
}

/** A file with new text; every byte outside the spliced scalars is equal. */
export interface FileEdit {
  path: string
  before: string
  after: string
}

/**
 * `updated`: something changes. `current`: nothing has to. `not-found`: nothing here decides the version.
 * `refused`: nothing may be written.
 */
export type Outcome = 'updated' | 'current' | 'not-found' | 'refused'

/** What became of one file that names the image, or is marked for it. */
export interface FileReport {
  path: string
  outcome: Outcome
  /** Before the edit. */
  sightings: Sighting[]
  /** Refusals and notes about this file. */
  remarks: Remark[]
}

/** A name of another image, and in how many files it was seen. */
export interface SeenName {
  name: string
  files: number
}

export interface EditReport {
  /** For the image as a whole. Looking only: `current` where it was found. */
  outcome: Outcome
  /** Each file that names the image or is marked for it, in the order of paths. */
  files: FileReport[]
  /** In the order of paths; [] where there are refusals. */
  edits: FileEdit[]
  /**
   * Every reference that decides what is deployed, before the edit, in the order of paths and lines. What a
   * kustomization overrides is not among them but in `notes`.
   */
  sightings: Sighting[]
  /** Not empty: nothing may be written. */
  refusals: Refusal[]
  /** What was left alone and why, and anchors that were changed once for several places. */
  notes: Remark[]
  /** When nothing was found: names of other images that were seen, nearest first, at most 5. */
  seen: SeenName[]
}
