import type { Oid } from './commit.ts'

/** What can be deployed: an image tag, and the commit that it was built from where that is known. */
export interface Version {
  tag: string
  /** Null where the tag names no commit. */
  commit: Oid | null
  /** `sha256:…` of each image, by its normalised name; absent where nobody has looked. */
  digests?: Readonly<Record<string, string>>
}
