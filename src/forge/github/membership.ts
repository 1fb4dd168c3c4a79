import { SupercargoError } from '../../domain/errors.ts'
import type { Members } from '../people.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'

const MOST = 100

/**
 * GitHub answers 404 for a person who is no member, and for a team that does not exist or is hidden. Who was invited
 * and has not accepted is no member yet.
 * https://docs.github.com/en/rest/teams/members#get-team-membership-for-a-user
 * @param open a session that may read members
 */
export async function readMembership(
  open: () => Promise<Session>,
  team: string,
  login: string,
): Promise<boolean> {
  const named = partsOf(team)
  if (named === null) return false
  try {
    const { data } = await asking(team, open, (session) =>
      session.read((request) =>
        request('GET /orgs/{org}/teams/{team_slug}/memberships/{username}', { ...named, username: login }),
      ),
    )
    return data.state === 'active'
  } catch (error) {
    if (statusOf(error) === 404) return false
    throw error
  }
}

/** https://docs.github.com/en/rest/teams/members#list-team-members */
export async function readMembers(open: () => Promise<Session>, team: string): Promise<Members | null> {
  const named = partsOf(team)
  if (named === null) return null
  try {
    const { data } = await asking(team, open, (session) =>
      session.read((request) =>
        request('GET /orgs/{org}/teams/{team_slug}/members', { ...named, per_page: MOST }),
      ),
    )
    return { complete: data.length < MOST, items: data.map(({ login }) => login) }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** Null for what cannot be the name of a team here. */
function partsOf(team: string): { org: string; team_slug: string } | null {
  const [org = '', slug, ...rest] = team.split('/')
  return slug === undefined || rest.length > 0 ? null : { org, team_slug: slug }
}

/** Says which permission is missing: the app was made before it asked for it, or it was not accepted. */
async function asking<T>(
  team: string,
  open: () => Promise<Session>,
  ask: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    return await ask(await open())
  } catch (error) {
    const missing = error instanceof SupercargoError && error.code === 'permission-missing'
    if (!missing && statusOf(error) !== 403) throw error
    throw new SupercargoError(`GitHub does not let the app read who is in the team ${team}.`, {
      code: 'permission-missing',
      kind: 'permanent',
      advice: 'Give the app the organisation permission members: read, and accept it in its installation.',
      cause: error,
    })
  }
}
