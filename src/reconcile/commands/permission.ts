import type { Need } from '../../command/command.ts'
import type { Access } from '../../forge/feedback.ts'

const RANK: readonly Access[] = ['none', 'read', 'write', 'maintain', 'admin']

/** Whether an access is enough for a verb. */
export function allows(access: Access, need: Need): boolean {
  return need === 'anyone' || RANK.indexOf(access) >= RANK.indexOf(need)
}
