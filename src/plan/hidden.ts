/**
 * One line of Markdown that shows nothing and holds a value; `<`, `>` and `-` are escaped, so that nothing in it can end
 * the comment.
 * @param name such as `supercargo:v1`, without spaces
 */
export function hide(name: string, value: unknown): string {
  return `${prefix(name)}${JSON.stringify(value).replace(/[<>-]/g, escapeCharacter)}${SUFFIX}`
}

/** Where the last one of this name is in a body, and what it holds (undefined: nothing that can be read). */
export function reveal(name: string, body: string): { start: number; end: number; value: unknown } | null {
  const start = body.lastIndexOf(prefix(name))
  const end = body.indexOf(SUFFIX, start)
  if (start === -1 || end === -1) return null
  return {
    start,
    end: end + SUFFIX.length,
    value: parsed(body.slice(start + prefix(name).length, end)),
  }
}

const SUFFIX = ' -->'

function prefix(name: string): string {
  return `<!-- ${name} `
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
