import { plainLine } from '../domain/commit-message.ts'
import { sameRepository } from '../domain/repository.ts'
import type { Action } from './action.ts'

type StateAction = Extract<Action, { kind: 'write-state' }>

/**
 * Makes one commit of all that is to be written on a state branch, at the place of the first: each of several would find
 * that the branch has moved.
 */
export function inOneCommit(actions: readonly Action[]): Action[] {
  const groups: StateAction[][] = []
  for (const action of actions) {
    if (action.kind !== 'write-state') continue
    const group = groups.find(([first]) => first && sameRepository(first.repository, action.repository))
    if (group === undefined) groups.push([action])
    else group.push(action)
  }
  return actions.flatMap((action): Action[] => {
    if (action.kind !== 'write-state') return [action]
    const group = groups.find(([first]) => first === action)
    return group === undefined ? [] : [together(action, group)]
  })
}

function together(first: StateAction, all: readonly StateAction[]): StateAction {
  if (all.length === 1) return first
  const subjects = all.map(({ wish }) => wish.message.split('\n', 1)[0] ?? '')
  const targets = all.flatMap(({ target }) => target ?? [])
  return {
    ...first,
    target: targets.length === 0 ? null : targets.join(', '),
    reason: { code: first.reason.code, message: all.map(({ reason }) => reason.message).join(' ') },
    wish: {
      ...first.wish,
      message: [plainLine(subjects.join('; '), 200), ...all.map(({ wish }) => wish.message.trimEnd())].join(
        '\n\n',
      ),
      changes: all.flatMap(({ wish }) => wish.changes),
    },
  }
}
