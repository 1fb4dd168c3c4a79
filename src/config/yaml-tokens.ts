import { type CST, Lexer, type LineCounter, Parser } from 'yaml'

const MAX_LEXEMES = 200_000
/** A block collection takes two places on the parser's stack. */
const MAX_STACK = 80

/** Why a file is not read further, and from where. */
export interface Excess {
  code: 'too-deep' | 'too-large'
  offset: number
}

/**
 * The concrete syntax of a YAML text. Stops at the first token too many, before anything is built that is
 * costly or recursive to walk.
 */
export function tokenise(text: string, lines: LineCounter): CST.Token[] | Excess {
  const parser = new Parser(lines.addNewLine)
  lines.addNewLine(0)
  const tokens: CST.Token[] = []
  let lexemes = 0
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token)
    lexemes += 1
    if (parser.stack.length > MAX_STACK) return { code: 'too-deep', offset: parser.offset }
    if (lexemes > MAX_LEXEMES) return { code: 'too-large', offset: parser.offset }
  }
  for (const token of parser.end()) tokens.push(token)
  return tokens
}
