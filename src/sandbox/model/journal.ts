import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/** A row of a table: put, or (null) removed. */
export type Change = [table: string, id: number, row: object | null]

export interface Journal {
  /** Writes the changes as one line: after a crash all of them are there, or none. */
  append(changes: readonly Change[]): void
}

/**
 * An append-only file of changes. The last line of a killed process may be cut: it is ignored, and with it
 * its whole group of changes. The file is rewritten (beside it, then renamed) when it is opened with much
 * that was overwritten since.
 * @param apply called for every change that was written before, in order
 * @param snapshot all rows, for rewriting
 */
export function openJournal(
  path: string,
  apply: (change: Change) => void,
  snapshot: () => Change[],
): Journal {
  mkdirSync(dirname(path), { recursive: true })
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  for (const line of text.split('\n')) {
    for (const change of readLine(line)) apply(change)
  }
  if (text !== '' && (!text.endsWith('\n') || statSync(path).size > 1_000_000)) {
    const rows = snapshot().map((change) => `${JSON.stringify([change])}\n`)
    writeFileSync(`${path}.new`, rows.join(''))
    renameSync(`${path}.new`, path)
  }
  return {
    append: (changes) => {
      if (changes.length > 0) appendFileSync(path, `${JSON.stringify(changes)}\n`)
    },
  }
}

function readLine(line: string): Change[] {
  if (line === '') return []
  try {
    return JSON.parse(line) as Change[]
  } catch {
    return []
  }
}
