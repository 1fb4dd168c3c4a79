import { type CST, Lexer, Parser } from 'yaml'

/** A block collection takes two places on the parser's stack. */
const PLACES_A_LEVEL = 2

/** Why a text is not read further, and from where. */
export interface Stop {
  code: 'not-yaml' | 'too-deep'
  message: string
  at: number
}

/**
 * The concrete syntax of a YAML text, or why it has none. Stops at the first error and the first level too many:
 * what is built of tokens is built by recursion, and from a text of nothing but errors in quadratic time.
 */
export function tokensOf(text: string, maxDepth: number): CST.Token[] | Stop {
  const parser = new Parser()
  const tokens: CST.Token[] = []
  const failed = (token: CST.Token): token is CST.ErrorToken =>
    tokens.push(token) > 0 && token.type === 'error'
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) if (failed(token)) return stop(token)
    if (parser.stack.length > maxDepth * PLACES_A_LEVEL + 2) {
      return { code: 'too-deep', message: tooDeep(maxDepth), at: parser.offset }
    }
  }
  for (const token of parser.end()) if (failed(token)) return stop(token)
  return tokens
}

export function tooDeep(maxDepth: number): string {
  return `The document is nested deeper than ${maxDepth} levels.`
}

function stop({ message, offset }: CST.ErrorToken): Stop {
  return { code: 'not-yaml', message, at: offset }
}
