import semver from 'semver'
import { naturalOrder } from '../../domain/natural-order.ts'
import { versionIn } from '../../domain/semantic-version.ts'

/**
 * The order of tags: versions by semantic version precedence (https://semver.org/#spec-item-11), also behind a
 * common prefix such as `v` or `web-v`; other tags by natural order, in which digits count as one number of
 * any size. Versions are above all other tags. Total: equal only for equal texts.
 */
export function compareTags(a: string, b: string): number {
  const left = versionIn(a)
  const right = versionIn(b)
  if (left !== null && right !== null) return semver.compareBuild(left, right) || naturalOrder(a, b)
  if (left !== null || right !== null) return left === null ? -1 : 1
  return naturalOrder(a, b)
}
