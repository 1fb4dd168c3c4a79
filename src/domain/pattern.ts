import { RE2JS, RE2JSException } from 're2js'
import { SupercargoError } from './errors.ts'

export interface PatternMatch {
  /** All that matched. */
  text: string
  /** By number, from 1 at index 0; null for one that took no part. */
  groups: (string | null)[]
  /** By name; without those that took no part. */
  named: Record<string, string>
}

const MAX_LENGTH = 1024
/** In instructions of RE2: a counted repetition such as `{1000}` has one and more for each. */
const MAX_SIZE = 1000

/**
 * A regular expression in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax): no look-around and no
 * back-references, so that matching takes time in proportion to pattern × text, and a pattern from a configuration
 * cannot hang the process. Equal to every other of the same text.
 */
export class Pattern {
  /** Without slashes around it. */
  readonly source: string
  readonly #expression: RE2JS

  /** @throws SupercargoError `pattern-invalid`: not the syntax of RE2, longer than 1024 characters, or too large */
  constructor(source: string) {
    this.source = source
    this.#expression = compile(source)
  }

  /** Names of its groups: `n` of `(?<n>\d+)`, also written `(?P<n>\d+)`. */
  get names(): string[] {
    return Object.keys(this.#expression.namedGroups())
  }

  get groupCount(): number {
    return this.#expression.groupCount()
  }

  /** Looks anywhere in the text, unless the pattern has `^` and `$`; null where nothing matches. */
  match(text: string): PatternMatch | null {
    const matcher = this.#expression.matcher(text)
    if (!matcher.find()) return null
    const groups = Array.from({ length: this.groupCount }, (_, index) => matcher.group(index + 1))
    const named = Object.entries(this.#expression.namedGroups()).flatMap(([name, number]) => {
      const value = groups[number - 1] ?? null
      return value === null ? [] : [[name, value] as const]
    })
    return { text: matcher.group(0) ?? '', groups, named: Object.fromEntries(named) }
  }
}

/** A pattern that matches the text and nothing else. */
export function quotePattern(text: string): string {
  return RE2JS.quote(text)
}

function compile(source: string): RE2JS {
  if (source === '' || source.length > MAX_LENGTH) throw invalid(source, 'it is empty or too long')
  try {
    const expression = RE2JS.compile(source)
    if (expression.programSize() > MAX_SIZE) throw invalid(source, 'it repeats too much')
    return expression
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    throw invalid(source, error.message.replace(/^error parsing regexp: /, ''))
  }
}

function invalid(source: string, why: string): SupercargoError {
  return new SupercargoError(`"${source.slice(0, 80)}" is not a regular expression: ${why}.`, {
    code: 'pattern-invalid',
    kind: 'permanent',
    advice: 'Use the syntax of RE2, which has no look-around and no back-references.',
  })
}
