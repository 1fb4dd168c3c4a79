import { printable } from '../domain/printable.ts'
import type { Action, Standing } from '../plan/action.ts'
import { difference, headline } from '../plan/explain/action.ts'
import type { World } from '../plan/world.ts'
import { table } from './table.ts'
import type { Terminal } from './terminal.ts'

/** One row for every target, and below it one for each newer version that is not ready where the row does not say so. */
export function printStandings(terminal: Terminal, standings: readonly Standing[]): void {
  const rows = standings.flatMap(({ target, state, from, to, reason, waiting = [] }) => [
    [target, state, from ?? '–', to ?? '–', reason.message],
    ...waiting.slice(state === 'waiting' ? 1 : 0).map(({ version, waits }) => {
      const lacks = waits.map((wait) => wait.reason.message).join(' ')
      return ['', 'waiting', '', version, lacks]
    }),
  ])
  terminal.out(table(['TARGET', 'STATE', 'NOW', 'SHOULD BE', 'WHY'], rows, terminal.width))
}

/** Every action on the manifests: where, what, why, and the difference that it makes. */
export function printActions(terminal: Terminal, actions: readonly Action[], world: World): void {
  for (const action of actions) {
    const where = action.repository.path
    terminal.out(
      `\n${terminal.paint('1', `${action.kind} ${headline(action, world)}`)} in ${printable(where)}`,
    )
    terminal.out(terminal.paint('2', `  ${printable(action.reason.message)}`))
    for (const line of difference(action)) terminal.out(coloured(terminal, line))
  }
}

/** An action for a program: what it is, without the texts of whole files. */
export function actionForPrograms(action: Action, world: World): object {
  const { kind, repository, target, reason } = action
  return {
    kind,
    repository: `${repository.forge}:${repository.path}`,
    target,
    reason,
    headline: headline(action, world),
    diff: difference(action).join('\n'),
  }
}

function coloured({ paint }: Terminal, line: string): string {
  const text = line.startsWith('  ') ? line : printable(line)
  if (line.startsWith('+')) return paint('32', text)
  return line.startsWith('-') ? paint('31', text) : text
}
