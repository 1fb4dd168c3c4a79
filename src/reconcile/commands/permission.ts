import type { Need } from '../../command/command.ts'
import type { Access } from '../../forge/feedback.ts'

const RANK: readonly Access[] = ['none', 'read', 'write', 'maintain', 'admin']

/** Whether an access is enough for a verb; of `promote` this is one half, see `permitOf`. */
export function allows(access: Access, need: Need): boolean {
  return need === 'anyone' || isAtLeast(access, need === 'promote' ? 'write' : need)
}

export function isAtLeast(access: Access, least: Access): boolean {
  return RANK.indexOf(access) >= RANK.indexOf(least)
}
