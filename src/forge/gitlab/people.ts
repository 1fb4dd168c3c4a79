import { z } from 'zod'
import type { Client } from './client.ts'

const userSchema = z.object({ id: z.number(), username: z.string(), state: z.string() })

/** A user in a project or group. https://docs.gitlab.com/api/group_members/ */
export const memberSchema = userSchema.extend({
  access_level: z.number(),
  /** A day, from whose beginning on it does not count. */
  expires_at: z.string().nullish(),
  membership_state: z.string().nullish(),
})

/** Somebody who may sign in; null for a login that does not exist or is blocked. */
export async function findUser(client: Client, login: string): Promise<{ id: number } | null> {
  const found = z.array(userSchema).parse(await client.rest.users.all({ username: login, maxPages: 1 }))
  const user = found.find(({ username }) => username.toLowerCase() === login.toLowerCase())
  return user?.state === 'active' ? user : null
}

/** The access level that a membership gives now; 0 = none. */
export function levelOf(
  { access_level, expires_at, membership_state }: Pick<z.infer<typeof memberSchema>, Level>,
  now: Date,
): number {
  const expired = typeof expires_at === 'string' && expires_at <= now.toISOString()
  return expired || membership_state === 'awaiting' ? 0 : access_level
}

type Level = 'access_level' | 'expires_at' | 'membership_state'
