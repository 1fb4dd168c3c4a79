/** A Git object id: 40 hexadecimal digits (64 in a SHA-256 repository), lower case. */
export type Oid = string

/** The object id of "no such reference" in pushes and compare-and-swap updates. */
export const ZERO_OID: Oid = '0'.repeat(40)

/** A pull request that brought a commit, as the forge associates them. */
export interface PullRequestLink {
  number: number
  title: string
  url: string
}

/** A commit of an application repository. All texts are foreign: escape them before writing them anywhere. */
export interface Commit {
  oid: Oid
  parents: Oid[]
  /** First line of the message. */
  headline: string
  authorName: string
  authorEmail: string
  /** The author's account on the forge, where the forge knows it. */
  authorLogin: string | null
  /** ISO 8601. Forgeable: for people to read, never to decide by. */
  committedAt: string
  url: string
  pullRequests: PullRequestLink[]
}
