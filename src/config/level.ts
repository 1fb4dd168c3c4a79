import type { Structure } from './structure.ts'
import type { Path } from './tree.ts'

/** What one level of the file says: an environment, its app, the top. */
export interface Level {
  says: object
  path: Path
}

/** A value, and where it stands. */
export interface Said {
  value: unknown
  path: Path
}

/**
 * The value of the first of the keys that the lowest level says: "anything an environment does not say it takes
 * from the app, and an app from the file's top level". `removed` when what stood there was wrong, null when
 * nothing is said.
 */
export function pick(
  levels: Level[],
  keys: readonly string[],
  removed: Structure<unknown>['removed'],
): Said | 'removed' | null {
  for (const { says, path } of levels) {
    if (keys.some((key) => removed([...path, key]))) return 'removed'
    for (const key of keys) {
      const value: unknown = Object.hasOwn(says, key) ? Reflect.get(says, key) : undefined
      if (value !== undefined) return { value, path: [...path, key] }
    }
  }
  return null
}
