/**
 * Whether a name stands in a text as a whole: `web` in `ghcr.io/acme/web:v1` and in `name: web`, but not in
 * `webhook` or `web-ui`. A letter that belongs to an escape, such as `\n`, does not count.
 */
export function hasName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const isStart = !isNamePart(text.charCodeAt(at - 1)) || text.charCodeAt(at - 2) === BACKSLASH
    if (isStart && !isNamePart(text.charCodeAt(at + name.length))) return true
  }
  return false
}

const BACKSLASH = 0x5c

/** Letters, digits, `-` and `_`; false behind either end of the text. */
function isNamePart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2d ||
    code === 0x5f
  )
}
