/** What a registry asks for with a 401. */
export interface Challenge {
  /** In lower case: `bearer`, `basic`. */
  scheme: string
  /** Names in lower case. */
  parameters: Map<string, string>
}

const PART = /[\s,]*([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,"]+))?/y

/** Reads `WWW-Authenticate`, which may hold several: https://www.rfc-editor.org/rfc/rfc9110#field.www-authenticate */
export function readChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = []
  PART.lastIndex = 0
  for (let match = PART.exec(header); match !== null; match = PART.exec(header)) {
    const name = (match[1] ?? '').toLowerCase()
    const value = match[2]
    if (value === undefined) challenges.push({ scheme: name, parameters: new Map() })
    else challenges.at(-1)?.parameters.set(name, unquote(value))
  }
  return challenges
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value
}
