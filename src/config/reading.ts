import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Document } from './document.ts'
import type { Said } from './level.ts'
import type { Problem } from './model.ts'
import type { Parsed } from './parsed.ts'
import { problemAt } from './problem.ts'
import type { Structure } from './structure.ts'
import { type Path, pathKey } from './tree.ts'

/** What it takes to read a file, and what was found wrong on the way. */
export interface Reading {
  document: Document
  source: RepositoryId
  /** Undefined: nobody knows which there are. */
  forges: readonly ForgeId[] | undefined
  removed: Structure<unknown>['removed']
  problems: Problem[]
  /** By pathKey(): what may be inherited and does not concern every heir; a problem until it concerns one, then null. */
  unused: Map<string, Problem | null>
  /** Some target could not be read whole, so nobody knows what would have concerned it. */
  incomplete: boolean
}

/** A problem of the key (or list item) at a path. */
export function complain(
  { document, problems }: Reading,
  path: Path,
  code: string,
  message: string,
  advice: string,
): void {
  problems.push(problemAt(document.file, document.keyAt(path), code, message, advice))
}

/** Notes whether what is said concerns this heir; where it concerns none of them, that is a problem. */
export function usedBy(
  { document, unused }: Reading,
  said: Said | 'removed' | null,
  isUsed: boolean,
  [message, advice]: readonly [string, string],
): void {
  if (said === null || said === 'removed') return
  const key = pathKey(said.path)
  if (isUsed) unused.set(key, null)
  else if (!unused.has(key))
    unused.set(key, problemAt(document.file, document.keyAt(said.path), 'conflict', message, advice))
}

/** What the schema has accepted already. */
export function judged<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new Error(`The schema accepted what its grammar refuses: ${parsed.message}`)
}
