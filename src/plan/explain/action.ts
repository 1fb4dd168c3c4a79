import { printable } from '../../domain/printable.ts'
import type { Action } from '../action.ts'
import { type World, wordsOf } from '../world.ts'
import { unifiedDiff } from './diff.ts'

/** What an action is about, on one line. */
export function headline(action: Action, world: World): string {
  const { mark } = wordsOf(world, action.repository)
  switch (action.kind) {
    case 'open-change-request':
      return `"${printable(action.wish.title)}"`
    case 'update-change-request':
      return `${mark}${action.wish.number} "${printable(action.wish.title)}"`
    case 'describe-change-request':
      return `${mark}${action.number} "${printable(action.title)}"`
    case 'ask-reviewers': {
      const { users, teams } = action.reviewers
      return `${mark}${action.number} ${printable([...users, ...teams].join(', '))}`
    }
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
    case 'write-state':
      return `"${printable(action.wish.message.split('\n', 1)[0] ?? '')}"`
    case 'status':
    case 'report':
      return `on ${action.wish.commit.slice(0, 7)}`
  }
}

/** The lines of the unified diff that an action makes; [] where it changes no files. */
export function difference(action: Action): string[] {
  if (!('edits' in action)) return []
  const changes = action.kind === 'commit' ? action.wish.changes : action.wish.commit.changes
  const edited = new Map(action.edits.map((edit) => [edit.path, edit]))
  return changes.flatMap(({ path, content }) => {
    const edit = edited.get(path)
    if (edit === undefined) return [content === null ? `  removed ${path}` : `  written ${path}`]
    return unifiedDiff(path, edit.before, edit.after, 2).trimEnd().split('\n')
  })
}
