import type { Model } from '../../model/model.ts'

const LIMIT = 5_000
const remembered = new WeakMap<Model, Map<string, Promise<unknown>>>()

/**
 * Reads once what follows from object ids alone, and therefore never changes.
 * @param key repository id, the question, and every id that the answer depends on
 */
export function remember<T>(model: Model, key: string, read: () => Promise<T>): Promise<T> {
  const known = remembered.get(model) ?? new Map<string, Promise<unknown>>()
  remembered.set(model, known)
  const hit = known.get(key) as Promise<T> | undefined
  if (hit !== undefined) return hit
  if (known.size >= LIMIT) known.clear()
  const reading = read()
  known.set(key, reading)
  reading.catch(() => known.delete(key))
  return reading
}
