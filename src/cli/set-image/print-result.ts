import { printable } from '../../domain/printable.ts'
import type { Sighting } from '../../edit/editor.ts'
import { unifiedDiff } from '../../plan/explain/diff.ts'
import { table } from '../table.ts'
import { json, type Terminal, thousands } from '../terminal.ts'
import type { ImageResult, Result } from './result.ts'

export interface HowToPrint {
  json?: true
  diff?: true
  /** Whether the result is the standard output's. */
  isFilter: boolean
  isWritten: boolean
}

/**
 * The result goes to the standard output: a table, the differences, JSON, or the text of a filter. What could not
 * be done, and why, goes to the standard error.
 */
export function printResult(terminal: Terminal, result: Result, how: HowToPrint): void {
  if (how.json) {
    terminal.out(json(forPrograms(result, how)))
    return
  }
  printRemarks(terminal, result)
  if (how.diff) printDifferences(terminal, result)
  else if (how.isFilter) {
    if (how.isWritten) terminal.write(result.text)
    return
  } else printTable(terminal, result)
  const say = how.diff ? terminal.err : terminal.out
  if (result.ok) say(summary(result, how.isWritten))
  else terminal.err('Nothing was written.')
}

function summary({ edits }: Result, isWritten: boolean): string {
  if (edits.length === 0) return 'There was nothing to do.'
  const files = edits.length === 1 ? '1 file' : `${thousands(edits.length)} files`
  return isWritten ? `Wrote ${files}.` : `${files} would change.`
}

/** One row for each reference. */
function printTable(terminal: Terminal, { images }: Result): void {
  const rows = images.flatMap(({ wanted, files }) =>
    files.flatMap(({ path, outcome, sightings }) =>
      sightings.length === 0
        ? outcome === 'updated'
          ? [[wanted.image.written, path, 'added', '–', versionText(wanted) ?? '–']]
          : []
        : sightings.map((sighting) => [
            wanted.image.written,
            `${path}:${sighting.line}`,
            outcomeOf(outcome, sighting),
            versionText(sighting) ?? '–',
            versionText(sighting.after ?? sighting) ?? '–',
          ]),
    ),
  )
  if (rows.length > 0)
    terminal.out(table(['IMAGE', 'FILE', 'OUTCOME', 'BEFORE', 'AFTER'], rows, terminal.width))
}

function printRemarks(terminal: Terminal, { images, unread }: Result): void {
  for (const { files, message } of images) {
    for (const { path, remarks } of files) {
      for (const { line, column, message: text, code } of remarks) {
        if (code === 'held-back') continue
        terminal.err(
          `${terminal.paint('1', `${printable(path)}:${line}:${column}:`)} ${printable(text)} (${code})`,
        )
      }
    }
    if (message !== null) terminal.err(printable(message))
  }
  for (const { path, message, code } of unread) terminal.err(`${printable(path)}: ${message} (${code})`)
}

/** Bytes as they are for a program; what could steer a terminal becomes visible where somebody looks. */
function printDifferences(terminal: Terminal, { edits, shown }: Result): void {
  for (const { path, before, after } of edits) {
    const diff = unifiedDiff(shown(path), before, after)
    if (terminal.width === Number.POSITIVE_INFINITY) terminal.write(diff)
    else for (const line of diff.trimEnd().split('\n')) terminal.out(coloured(terminal, printable(line)))
  }
}

function coloured({ paint }: Terminal, line: string): string {
  if (line.startsWith('+')) return paint('32', line)
  return line.startsWith('-') ? paint('31', line) : line
}

function forPrograms({ ok, images, edits, shown, unread, text }: Result, how: HowToPrint): object {
  return {
    ok,
    written: how.isWritten && !how.isFilter && edits.length > 0,
    changed: edits.map(({ path }) => shown(path)),
    images: images.map(imageForPrograms),
    unread,
    ...(how.diff
      ? { diff: edits.map(({ path, before, after }) => unifiedDiff(shown(path), before, after)).join('') }
      : {}),
    ...(how.isFilter && ok ? { output: text } : {}),
  }
}

function imageForPrograms({ wanted, outcome, message, seen, files }: ImageResult): object {
  const { image, tag, digest, newName } = wanted
  return {
    image: image.written,
    wanted: { name: newName?.written ?? null, tag, digest },
    outcome,
    message,
    seen,
    files: files.map(({ path, outcome: ofFile, sightings, remarks }) => ({
      path,
      outcome: ofFile,
      places: sightings.map((sighting) => ({
        outcome: outcomeOf(ofFile, sighting),
        format: sighting.format,
        line: sighting.line,
        column: sighting.column,
        before: versionText(sighting),
        after: versionText(sighting.after ?? sighting),
      })),
      remarks: remarks.map(({ code, message: why, line, column }) => ({ code, message: why, line, column })),
    })),
  }
}

/** In a file that is edited, a reference may have had its version before. */
function outcomeOf(ofFile: string, { isEdited }: Sighting): string {
  return ofFile === 'updated' && isEdited === false ? 'current' : ofFile
}

/** `v2`, `v2@sha256:…` or `@sha256:…`, or the commit or version that a marker asks for; null where there is none. */
function versionText({ tag, digest, says }: Pick<Sighting, 'tag' | 'digest' | 'says'>): string | null {
  if (digest === null) return tag ?? says?.sha ?? says?.version ?? null
  return `${tag ?? ''}@${digest}`
}
