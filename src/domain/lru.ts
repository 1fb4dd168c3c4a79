/** A map that keeps the entries which were used last. */
export interface LruCache<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

/**
 * @param capacity of all kept entries together
 * @param weigh what one entry takes of it; by default the capacity is a number of entries
 */
export function lruCache<V>(capacity: number, weigh: (value: V) => number = () => 1): LruCache<V> {
  const entries = new Map<string, V>()
  let weight = 0
  const remove = (key: string) => {
    const value = entries.get(key)
    if (value !== undefined) weight -= weigh(value)
    entries.delete(key)
  }
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set(key, value) {
      remove(key)
      entries.set(key, value)
      weight += weigh(value)
      for (const oldest of entries.keys()) {
        if (weight <= capacity) break
        remove(oldest)
      }
    },
    delete: remove,
  }
}
