import { printable } from '../domain/printable.ts'

const GAP = '  '
const MIN_COLUMN = 8

/**
 * Rows under a header in columns, each as wide as its widest cell. Where all together are wider than the
 * terminal, the widest columns are cut with an ellipsis, but never below 8. Lines have no spaces at the end.
 * @param width columns of the terminal; infinite for no limit
 */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
): string {
  const cells = [header, ...rows].map((row) => row.map(printable))
  const widths = fit(
    header.map((_, index) => Math.max(...cells.map((row) => displayWidth(row[index] ?? '')))),
    width - GAP.length * (header.length - 1),
  )
  return cells
    .map((row) =>
      row
        .map((cell, index) => pad(cut(cell, widths[index] ?? 0), widths[index] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n')
}

/** Terminal columns that a text takes: 2 for East Asian wide characters and pictures, 0 for marks. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

const NOTHING = /^(?:\p{M}|\p{Cf})$/u
const WIDE =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]$/u

function widthOf(character: string): number {
  if (NOTHING.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}

/** Takes from the widest column, one by one, until the whole fits. */
function fit(widths: number[], room: number): number[] {
  const fitted = [...widths]
  for (let excess = fitted.reduce((a, b) => a + b, 0) - room; excess > 0; excess--) {
    const widest = Math.max(...fitted)
    if (widest <= MIN_COLUMN) break
    fitted[fitted.indexOf(widest)] = widest - 1
  }
  return fitted
}

function cut(text: string, width: number): string {
  if (displayWidth(text) <= width) return text
  let kept = ''
  let used = 1
  for (const character of text) {
    used += widthOf(character)
    if (used > width) break
    kept += character
  }
  return `${kept}…`
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}
