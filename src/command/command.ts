/**
 * What a person must be allowed to do in the repository of the comment; `anyone` who may comment there. `promote`: to
 * write there, and what the policy of the manifest repository says under `promote`.
 */
export type Need = 'anyone' | 'read' | 'write' | 'promote'

/**
 * How a word is read. `name`: of an app or environment. `version`: a tag or commit. `commit`: 7 to 40 hexadecimal digits.
 * `duration`: `30m`, `1h30m`. `time`: `2026-12-01` or `2026-12-01T18:00`, in UTC. A list: one of these words.
 */
export type Kind = 'name' | 'version' | 'commit' | 'duration' | 'time' | readonly string[]

/** One of these words, and what may stand behind it, as an argument with the name of its kind; null: nothing. */
export type Choice = Readonly<Record<string, 'commit' | 'duration' | null>>

export interface Argument {
  name: string
  /** A choice is the last one. */
  is: Kind | Choice
  /** Only the last ones may be. */
  optional?: true
}

/** One verb: all that parser, help, documentation and permission know of it. */
export interface CommandEntry {
  /** Lower case. */
  verb: string
  /** A sentence for a table: `shows what runs where`. */
  does: string
  needs: Need
  /** In their order. */
  arguments?: readonly Argument[]
  /** `key=value`, in any place. */
  options?: Readonly<Record<string, Kind>>
  /** Takes `for 2h`. */
  lasting?: true
  /** Takes `-- why`, to the end of the line. */
  reason?: true
}

/** One command of a comment, understood and complete. */
export interface Command {
  verb: string
  /** Of the comment, from 1. */
  line: number
  /** The line as it was written. */
  written: string
  arguments: Readonly<Record<string, string>>
  options: Readonly<Record<string, string>>
  /** Seconds; null where nothing was said. */
  lasting: number | null
  reason: string | null
}

/** Why a line that speaks to Supercargo cannot be carried out. */
export interface CommandProblem {
  /** Of the comment, from 1. */
  line: number
  written: string
  /** Stable, kebab-case. */
  code: string
  /** Whole sentences in plain English; they may hold what was written. */
  message: string
}

/** What a comment says to Supercargo. One problem is enough, and nothing of the comment is carried out. */
export type CommentReading =
  | { kind: 'nothing' }
  | { kind: 'refused'; problems: CommandProblem[] }
  | { kind: 'commands'; commands: Command[] }
