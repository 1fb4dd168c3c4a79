import type { z } from 'zod'
import type { Document } from './document.ts'
import type { JsonSchema } from './json-schema.ts'
import type { Problem } from './model.ts'
import { flatten, type Issue, likelyMeant, toProblems } from './structure-problem.ts'
import { lookUp, type Path, pathKey } from './tree.ts'

/** What a file says in the form of its schema. */
export interface Structure<T> {
  /** What is left when everything wrong is taken out; null when nothing is. */
  written: T | null
  problems: Problem[]
  /** True where something stood that was taken out, so that nobody calls it missing. */
  removed(path: Path): boolean
}

/** Judges a document by its schema: every problem at once, each at its key or value. */
export function checkStructure<T>(
  schema: z.ZodType<T>,
  jsonSchema: JsonSchema,
  document: Document,
): Structure<T> {
  const gone = new Set<string>()
  const removed = (path: Path) => gone.has(pathKey(path))
  const first = schema.safeParse(document.value)
  if (first.success) return { written: first.data, problems: [], removed }
  const issues = first.error.issues.flatMap((issue) => flatten(issue, document.value))
  for (const path of issues.flatMap(concerned)) gone.add(pathKey(path))
  const rest = schema.safeParse(prune(document.value, gone, []))
  const meant = new Set(issues.flatMap((issue) => likelyMeant(issue, jsonSchema)).map(pathKey))
  for (const path of meant) gone.add(path)
  return {
    written: rest.success ? rest.data : null,
    problems: issues
      .filter(({ path }) => !meant.has(pathKey(path)) || lookUp(document.value, path) !== undefined)
      .flatMap((issue) => toProblems(issue, document, jsonSchema)),
    removed,
  }
}

/** What must go; of a list with something wrong in it, all of it. */
function concerned({ found, path: whole }: Issue): Path[] {
  const index = whole.findIndex((step) => typeof step === 'number')
  const path = index === -1 ? whole : whole.slice(0, index)
  return found.code === 'unrecognized_keys' && index === -1 ? found.keys.map((key) => [...path, key]) : [path]
}

function prune(value: unknown, gone: Set<string>, path: Path): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !gone.has(pathKey([...path, key])))
      .map(([key, child]) => [key, prune(child, gone, [...path, key])]),
  )
}
