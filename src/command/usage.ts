import type { Argument, Choice, CommandEntry, Kind } from './command.ts'

/** How a command is written, without what stands before its verb: `status [app=NAME]`. */
export function usage({ verb, arguments: words = [], options = {}, lasting, reason }: CommandEntry): string {
  return [
    verb,
    ...words.map(({ name, is, optional }) => {
      const shown = typeof is === 'string' ? `<${name}>` : wordsOf(is).join('|')
      return optional === true ? `[${shown.replace(/^<|>$/g, '')}]` : shown
    }),
    ...Object.entries(options).map(([key, kind]) => `[${key}=${placeholder(kind)}]`),
    ...(lasting === true ? ['[for 2h]'] : []),
    ...(reason === true ? ['[-- reason]'] : []),
  ].join(' ')
}

function wordsOf(is: Exclude<Argument['is'], string>): string[] {
  if (isList(is)) return [...is]
  return Object.entries(is).map(([word, more]) => (more === null ? word : `${word} [${more}]`))
}

/** Whether it is a list of words, of which none takes another one behind it. */
export function isList(is: readonly string[] | Choice): is is readonly string[] {
  return Array.isArray(is)
}

function placeholder(kind: Kind): string {
  return typeof kind === 'string' ? kind.toUpperCase() : kind.join('|')
}
