import type { Entry } from '../yaml/mapping.ts'

/**
 * Values by the last part of their names, by what stands before it: `image.tag` under `image`. What has no dot is
 * under ''. The last of equal names counts.
 */
export function byPrefix(named: Iterable<readonly [string, Entry]>): Map<string, Map<string, Entry>> {
  const groups = new Map<string, Map<string, Entry>>()
  for (const [name, value] of named) {
    const dot = name.lastIndexOf('.')
    const prefix = name.slice(0, Math.max(0, dot))
    const group = groups.get(prefix) ?? new Map<string, Entry>()
    groups.set(prefix, group.set(name.slice(dot + 1), value))
  }
  return groups
}

/** The last key of some that are joined with dots, without the indices of a list; null for ''. */
export function lastKey(prefix: string): string | null {
  return prefix === '' ? null : prefix.slice(prefix.lastIndexOf('.') + 1).replace(/(?:\[\d+\])+$/, '')
}
