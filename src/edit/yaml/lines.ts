/** Where the line ends that holds the offset: at its `\n` or `\r\n`, or at the end of the text. */
export function endOfLine(text: string, at: number): number {
  const newline = text.indexOf('\n', at)
  if (newline === -1) return text.length
  return newline > at && text.charAt(newline - 1) === '\r' ? newline - 1 : newline
}

/** Where the line starts that holds the offset. */
export function startOfLine(text: string, at: number): number {
  const start = text.lastIndexOf('\n', at - 1) + 1
  return start === 0 && text.startsWith('\uFEFF') ? 1 : start
}

/** The line end in use at the offset: the one after it, else the one before it, else `\n`. */
export function lineEndAt(text: string, at: number): '\n' | '\r\n' {
  const after = text.indexOf('\n', at)
  const newline = after === -1 ? text.lastIndexOf('\n') : after
  return newline > 0 && text.charAt(newline - 1) === '\r' ? '\r\n' : '\n'
}

/** The columns before the offset as spaces; null when anything but spaces and dashes of lists stands there. */
export function indentAt(text: string, at: number): string | null {
  const before = text.slice(startOfLine(text, at), at)
  return /^ *(?:- +)*$/.test(before) ? ' '.repeat(before.length) : null
}
