/** Whether two bodies are the same: forges may store other line ends. */
export function sameBody(a: string, b: string): boolean {
  return a.replaceAll('\r\n', '\n').trimEnd() === b.trimEnd()
}
