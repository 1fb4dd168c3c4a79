import semver from 'semver'
import { naturalOrder } from './natural-order.ts'

/** What a tag may say: its commit, branch, version, and what CI counts by. */
export const TAG_VARIABLES = ['sha', 'branch', 'version', 'date', 'n', 'timestamp'] as const
export type TagVariable = (typeof TAG_VARIABLES)[number]

/** What a tag says, each part as it is written in the tag. */
export type TagReading = Partial<Record<TagVariable, string>>

/** How each is written where no regular expression says so, in the syntax of RE2. */
export const WRITTEN: Record<Exclude<TagVariable, 'sha'>, { pattern: string; sample: string }> = {
  branch: { pattern: '([a-z0-9](?:[a-z0-9-]*[a-z0-9])?)', sample: 'main' },
  version: { pattern: '([0-9]+\\.[0-9]+\\.[0-9]+(?:-[0-9A-Za-z.-]+)?)', sample: '1.2.3' },
  date: { pattern: '([0-9]{4}[-._]?[0-9]{2}[-._]?[0-9]{2})', sample: '20240131' },
  n: { pattern: '([0-9]+)', sample: '1' },
  timestamp: { pattern: '([0-9]+(?:[-._T][0-9]+)*Z?)', sample: '20240131' },
}

export function isTagVariable(name: string): name is TagVariable {
  return TAG_VARIABLES.some((each) => each === name)
}

/** False for what a regular expression takes for a commit, a version or a number and is none. */
export function isReading({ sha, version, n, ...others }: TagReading): boolean {
  const said = [sha, version, n, ...Object.values(others)].filter((value) => value !== undefined)
  return (
    said.length > 0 &&
    (sha === undefined || /^[0-9a-f]{4,64}$/.test(sha)) &&
    (version === undefined || semver.valid(version) === version) &&
    (n === undefined || /^[0-9]+$/.test(n))
  )
}

/**
 * Which of two tags is newer by what they say: by semantic version, then by time, then by the number of CI, which may
 * begin anew; numbers may have any size. 0 where both say the same, or nothing that can be compared: a commit and a
 * branch have no order.
 */
export function compareReadings(a: TagReading, b: TagReading): number {
  const versions =
    a.version === undefined || b.version === undefined ? 0 : semver.compare(a.version, b.version)
  const numbers = (['date', 'timestamp', 'n'] as const).map((name) => {
    const [left, right] = [a[name], b[name]]
    return left === undefined || right === undefined ? 0 : naturalOrder(left, right)
  })
  return [versions, ...numbers].find((order) => order !== 0) ?? 0
}
