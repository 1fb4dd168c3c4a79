import type { CommandEntry, Kind } from './command.ts'

/** How a command is written, without what stands before its verb: `status [app=NAME]`. */
export function usage({ verb, arguments: words = [], options = {}, lasting, reason }: CommandEntry): string {
  return [
    verb,
    ...words.map(({ name, is, optional }) => {
      const shown = typeof is === 'string' ? `<${name}>` : is.join('|')
      return optional === true ? `[${shown.replace(/^<|>$/g, '')}]` : shown
    }),
    ...Object.entries(options).map(([key, kind]) => `[${key}=${placeholder(kind)}]`),
    ...(lasting === true ? ['[for 2h]'] : []),
    ...(reason === true ? ['[-- reason]'] : []),
  ].join(' ')
}

function placeholder(kind: Kind): string {
  return typeof kind === 'string' ? kind.toUpperCase() : kind.join('|')
}
