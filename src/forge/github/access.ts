import type { Access } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'

/**
 * GitHub answers 404 for a login that does not exist. Roles of an organisation's own (and `triage`) count as the one
 * below that GitHub names for them.
 * https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
 */
export async function readAccess(session: Session, login: string): Promise<Access> {
  const { owner, repo } = session
  try {
    const { data } = await session.read((request) =>
      request('GET /repos/{owner}/{repo}/collaborators/{username}/permission', {
        owner,
        repo,
        username: login,
      }),
    )
    return accessOf(data.permission, data.role_name)
  } catch (error) {
    if (statusOf(error) === 404) return 'none'
    throw error
  }
}

function accessOf(permission: string, role: string): Access {
  if (permission === 'write') return role === 'maintain' ? 'maintain' : 'write'
  return permission === 'admin' || permission === 'read' ? permission : 'none'
}
