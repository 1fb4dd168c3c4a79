import type { Problem } from './model.ts'

/** A place in a file; both count from 1. */
export interface Position {
  line: number
  column: number
}

/** A problem of which the place is known. */
export function problemAt(
  file: string,
  { line, column }: Position,
  code: string,
  message: string,
  advice: string | null,
): Problem {
  return { code, message, advice, file, line, column }
}

/** In the order of the file, each problem once: an inherited mistake is found again in every heir. */
export function inOrder(problems: Problem[]): Problem[] {
  const once = new Map(problems.map((each) => [JSON.stringify([each.line, each.column, each.message]), each]))
  return [...once.values()].sort((a, b) => a.line - b.line || a.column - b.column)
}
