import type { ByEnvironment } from './model.ts'

/** What is said of an environment by its name, or else of every other one. */
export function ofEnvironment<T>(all: ByEnvironment<T> | undefined, name: string): readonly T[] {
  if (all === undefined) return []
  return (Object.hasOwn(all, name) ? all[name] : all['*']) ?? []
}
