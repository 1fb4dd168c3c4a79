import { nearest } from '../domain/nearest.ts'
import type { Vocabulary } from '../domain/vocabulary.ts'
import type { Command, CommandEntry, CommandProblem, CommentReading } from './command.ts'
import { readArguments } from './read-arguments.ts'
import { COMMANDS } from './registry.ts'
import { type SpokenLine, spokenLines } from './spoken-lines.ts'
import { splitWords } from './words.ts'

/** `/cargo status`. */
export const NAMESPACE = 'cargo'

/** A comment with more is a mistake, or somebody who tries what happens. */
export const MOST_COMMANDS = 5

/** GitHub takes no longer comments; GitLab does. */
const LONGEST = 65_536

/** What cannot be seen, or makes text look like another: control, bidirectional and zero-width characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\u2028\u2029\u115f\u1160\u3164\uffa0]/gu
const SPACES = /[\t\p{Zs}]/gu

/** Of the forge on which a comment stands. */
export type CommentRules = Pick<Vocabulary, 'bareCommands'>

/**
 * Reads the commands of a comment. A command stands at the start of a line that its author speaks (`spokenLines`):
 * `/cargo <verb> …`. Spaces, quotes and dashes may be those that phones write; upper and lower case are the same. All is
 * understood before anything is carried out. A verb that nobody knows is refused in our namespace, and left to other
 * bots elsewhere.
 */
export function readComment(
  text: string,
  rules: CommentRules,
  registry: readonly CommandEntry[] = COMMANDS,
): CommentReading {
  const read = spokenLines(text.slice(0, LONGEST)).flatMap((line) => readLine(line, rules, registry) ?? [])
  const [first] = read
  if (first === undefined) return { kind: 'nothing' }
  const all = { line: first.line, written: first.written }
  if (text.length > LONGEST) {
    const message = `The comment is longer than ${LONGEST} characters; write the command in one of its own.`
    return { kind: 'refused', problems: [{ ...all, code: 'comment-too-long', message }] }
  }
  if (read.length > MOST_COMMANDS) {
    const message = `The comment has ${read.length} commands, and ${MOST_COMMANDS} are the most.`
    return { kind: 'refused', problems: [{ ...all, code: 'too-many-commands', message }] }
  }
  const problems = read.filter((each): each is CommandProblem => 'code' in each)
  if (problems.length > 0) return { kind: 'refused', problems }
  return { kind: 'commands', commands: read.filter((each): each is Command => 'verb' in each) }
}

function readLine(
  { line, text }: SpokenLine,
  { bareCommands }: CommentRules,
  registry: readonly CommandEntry[],
): Command | CommandProblem | null {
  const spaced = text.replace(SPACES, ' ')
  const visible = spaced.replace(INVISIBLE, '')
  const [, word = '', behind = ''] = /^ {0,3}\/(\S+)(.*)$/.exec(visible) ?? []
  const namespaced = word.toLowerCase() === NAMESPACE
  const known = (verb: string) => registry.find((entry) => entry.verb === verb.toLowerCase())
  if (!namespaced && !(bareCommands && known(word) !== undefined)) return null
  const place = { line, written: visible.trim() }
  if (visible !== spaced) {
    const message = 'The line holds characters that cannot be seen; write it anew instead of copying it.'
    return { ...place, code: 'invisible-character', message }
  }
  const [, verb = 'help', rest = ''] = namespaced ? (/^ +(\S+)(.*)$/.exec(behind) ?? []) : ['', word, behind]
  const entry = known(verb)
  if (entry === undefined) return unknownVerb(verb, registry, place)
  const words = splitWords(rest)
  if (words !== null) return readArguments(entry, words, place)
  return {
    ...place,
    code: 'quote-invalid',
    message: 'A quote is not closed, or text follows right behind it.',
  }
}

function unknownVerb(
  verb: string,
  registry: readonly CommandEntry[],
  place: Pick<CommandProblem, 'line' | 'written'>,
): CommandProblem {
  const meant = nearest(
    verb,
    registry.map((entry) => entry.verb),
  )
  const hint = meant === null ? '' : ` Did you mean "/${NAMESPACE} ${meant}"?`
  const message = `There is no command "${verb}".${hint} "/${NAMESPACE} help" lists them.`
  return { ...place, code: 'verb-unknown', message }
}
