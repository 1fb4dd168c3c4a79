/** A longer line is not looked into. UTF-16 code units. */
export const MAX_LINE = 100_000

/** A line that is a comment in some format that files of manifests are written in. */
const COMMENT_LINE = /^[ \t]*(?:#|\/\/|;|--\s|\/\*|<!--|\{\{-?\s*\/\*)/

/** Where the comment of a line starts that reaches to its end; its length where there is none. */
export function commentStart(line: string): number {
  if (COMMENT_LINE.test(line)) return 0
  const at = unquoted(line).search(/(?<=\s)(?:#|\/\/)/)
  return at === -1 ? line.length : at
}

/** The quoted strings of a line, quotes included: each from a quote that could start a string to the next equal one. */
export function quotedIn(line: string): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  const missing = new Set<string>()
  for (let at = 0; at < line.length; at++) {
    const quote = line.charAt(at)
    if (!/["'`]/.test(quote) || missing.has(quote) || (quote === "'" && /\w/.test(line.charAt(at - 1))))
      continue
    const end = closing(line, quote, at + 1)
    if (end === -1) missing.add(quote)
    else {
      found.push({ start: at, end: end + 1 })
      at = end
    }
  }
  return found
}

/**
 * Where block comments stand, also over several lines: `/* … *\/`, and in YAML, where `/*` is a path, only those of
 * Go templates.
 */
export function blockComments(text: string, isYaml: boolean): { start: number; end: number }[] {
  const found: { start: number; end: number }[] = []
  const before = isYaml ? /\{\{-?\s?$/ : /(?:^|[\s{-])$/
  for (let at = text.indexOf('/*'); at !== -1; at = text.indexOf('/*', at)) {
    if (!before.test(text.slice(Math.max(0, at - 4), at))) {
      at += 2
      continue
    }
    const close = text.indexOf('*/', at + 2)
    const end = close === -1 ? text.length : close + 2
    found.push({ start: at, end })
    at = end
  }
  return found
}

function closing(line: string, quote: string, from: number): number {
  for (let at = from; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === '\\' && quote === '"') at++
    else if (char === quote) return at
  }
  return -1
}

/** The line with its strings blanked. */
function unquoted(line: string): string {
  let at = 0
  const parts: string[] = []
  for (const { start, end } of quotedIn(line)) {
    parts.push(line.slice(at, start), '_'.repeat(end - start))
    at = end
  }
  return parts.join('') + line.slice(at)
}
