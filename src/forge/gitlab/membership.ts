import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { Listing } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import { findUser, levelOf, memberSchema } from './people.ts'

const MOST = 100

/**
 * Of the group itself: whoever inherits a membership from a group above was never chosen for this one, as with code
 * owners. GitLab answers 404 for who is no member, and for a group that does not exist or is hidden.
 * https://docs.gitlab.com/api/group_members/
 */
export async function readMembership(
  client: Client,
  group: string,
  login: string,
  now: Date,
): Promise<boolean> {
  const user = await findUser(client, login)
  if (user === null) return false
  const path = `groups/${encodeURIComponent(group)}/members/${user.id}`
  const member = await asking(client, group, path)
  return member !== null && levelOf(memberSchema.parse(member), now) > 0
}

/** The active members of a group; null where there is none, or it is hidden. */
export async function readMembers(
  client: Client,
  group: string,
  now: Date,
): Promise<Listing<{ id: number; login: string }> | null> {
  const path = `groups/${encodeURIComponent(group)}/members?per_page=${MOST}`
  const answer = await asking(client, group, path)
  if (answer === null) return null
  const members = z.array(memberSchema).parse(answer)
  return {
    complete: members.length < MOST,
    items: members
      .filter((member) => member.state === 'active' && levelOf(member, now) > 0)
      .map(({ id, username }) => ({ id, login: username })),
  }
}

async function asking(client: Client, group: string, path: string): Promise<unknown> {
  try {
    return await client.call('GET', path, group)
  } catch (error) {
    if (statusOf(error) === 404) return null
    if (statusOf(error) !== 403) throw error
    throw new SupercargoError(`GitLab does not let the bot read who is in the group ${group}.`, {
      code: 'permission-missing',
      kind: 'permanent',
      advice: "Make the token's user a member of the group, and give the token the scope api or read_api.",
      cause: error,
    })
  }
}
