import type { Action, Standing } from '../plan/action.ts'
import { type World, wordsOf } from '../plan/world.ts'
import { unifiedDiff } from './diff.ts'
import { table } from './table.ts'
import { printable, type Terminal } from './terminal.ts'

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

function headline(action: Action, world: World): string {
  const { mark } = wordsOf(world, action.repository)
  switch (action.kind) {
    case 'open-change-request':
      return `"${printable(action.wish.title)}"`
    case 'update-change-request':
      return `${mark}${action.wish.number} "${printable(action.wish.title)}"`
    case 'describe-change-request':
      return `${mark}${action.number} "${printable(action.title)}"`
    case 'close-change-request':
    case 'merge-change-request':
      return `${mark}${action.wish.number}`
    case 'commit':
      return `"${printable(action.wish.message.split('\n', 1)[0] ?? '')}" on ${printable(action.wish.branch)}`
    case 'delete-branch':
      return printable(action.branch)
    case 'comment':
      return `on ${mark}${action.wish.number}`
    case 'show-deployment':
      return `${action.wish.environment} ${action.wish.slot}`
    case 'end-deployment':
      return `${action.place.environment} ${action.place.slot}`
    case 'retag':
      return printable(`${action.wish.to.written}:${action.wish.tag}`)
    case 'report':
      return `on ${action.wish.commit.slice(0, 7)}`
  }
}

function difference(action: Action): string[] {
  if (!('edits' in action)) return []
  const changes = action.kind === 'commit' ? action.wish.changes : action.wish.commit.changes
  const edited = new Map(action.edits.map((edit) => [edit.path, edit]))
  return changes.flatMap(({ path, content }) => {
    const edit = edited.get(path)
    if (edit === undefined) return [content === null ? `  removed ${path}` : `  written ${path}`]
    return unifiedDiff(path, edit.before, edit.after, 2).trimEnd().split('\n')
  })
}

function coloured({ paint }: Terminal, line: string): string {
  const text = line.startsWith('  ') ? line : printable(line)
  if (line.startsWith('+')) return paint('32', text)
  return line.startsWith('-') ? paint('31', text) : text
}
