import type { Dependencies } from '../../src/reconcile/dependencies.ts'

/** What a store remembers of applications: what they feed, and since when they wait for what. */
export function remember(dependencies: Dependencies): { forget(): void } {
  const feeds = new Map<string, readonly string[]>()
  const waits = new Map<string, Record<string, Date>>()
  dependencies.recordFeeds = async (source, keys) => void feeds.set(source, keys)
  dependencies.waitingSince = async (source, names, now) => {
    const before = waits.get(source) ?? {}
    const after = Object.fromEntries(names.map((name) => [name, before[name] ?? now]))
    waits.set(source, after)
    return after
  }
  dependencies.remembered = async (source) => ({
    feeds: [...(feeds.get(source) ?? [])],
    waits: { ...waits.get(source) },
  })
  return {
    forget() {
      feeds.clear()
      waits.clear()
    },
  }
}
