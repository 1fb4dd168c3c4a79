import type { ForgeId, RepositoryId } from '../domain/repository.ts'
import type { Document } from './document.ts'
import type { Problem } from './model.ts'
import type { Parsed } from './parsed.ts'
import { problemAt } from './problem.ts'
import type { Structure } from './structure.ts'
import type { Path } from './tree.ts'

/** What it takes to read a file, and what was found wrong on the way. */
export interface Reading {
  document: Document
  source: RepositoryId
  /** Undefined: nobody knows which there are. */
  forges: readonly ForgeId[] | undefined
  removed: Structure<unknown>['removed']
  problems: Problem[]
  /** By pathKey(): image policies that may be inherited; a problem until one heir has their image, then null. */
  imagePolicies: Map<string, Problem | null>
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

/** What the schema has accepted already. */
export function judged<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value
  throw new Error(`The schema accepted what its grammar refuses: ${parsed.message}`)
}
