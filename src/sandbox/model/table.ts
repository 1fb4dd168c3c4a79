/** Rows by id, with one index. Rows are never changed in place. */
export interface Table<T extends { id: number }> {
  get(id: number): T | undefined
  /** Every row, in the order of their ids. */
  all(): T[]
  /** The rows with this index key, in the order of their ids. */
  by(key: string | number): T[]
  /** Used by the model only: everything else writes with `model.save`. */
  apply(id: number, row: T | null): void
}

/** @param key the index: what `by` looks rows up with */
export function createTable<T extends { id: number }>(key: (row: T) => string | number): Table<T> {
  const rows = new Map<number, T>()
  const index = new Map<string | number, Set<number>>()
  const sorted = (ids: Iterable<number>): T[] =>
    [...ids]
      .sort((a, b) => a - b)
      .flatMap((id) => {
        const row = rows.get(id)
        return row === undefined ? [] : [row]
      })
  return {
    get: (id) => rows.get(id),
    all: () => sorted(rows.keys()),
    by: (wanted) => sorted(index.get(wanted) ?? []),
    apply: (id, row) => {
      const old = rows.get(id)
      if (old !== undefined) index.get(key(old))?.delete(id)
      if (row === null) {
        rows.delete(id)
        return
      }
      rows.set(id, row)
      const ids = index.get(key(row)) ?? new Set()
      index.set(key(row), ids.add(id))
    },
  }
}
