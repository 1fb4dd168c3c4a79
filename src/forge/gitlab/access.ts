import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Access } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'

const userSchema = z.object({ id: z.number(), username: z.string(), state: z.string() })
const memberSchema = z.object({
  access_level: z.number(),
  /** A day, from whose beginning on it does not count. */
  expires_at: z.string().nullish(),
  membership_state: z.string().nullish(),
})
const projectSchema = z.object({
  visibility: z.string().nullish(),
  repository_access_level: z.string().nullish(),
})

/**
 * The membership that counts the most: in the project, a group above, or a group that was invited. GitLab answers 404 for
 * whoever has none; of a public project they may read the code, as may guests.
 * https://docs.gitlab.com/api/project_members/
 */
export async function readAccess(
  client: Client,
  repository: RepositoryId,
  login: string,
  now: Date,
): Promise<Access> {
  const found = z.array(userSchema).parse(await client.rest.users.all({ username: login, maxPages: 1 }))
  const user = found.find(({ username }) => username.toLowerCase() === login.toLowerCase())
  if (user?.state !== 'active') return 'none'
  const access = accessOf(await readLevel(client, repository, user.id, now))
  if (access !== 'none') return access
  const project = projectSchema.parse(await client.rest.projects.show(repository.path))
  const open = project.visibility === 'public' && project.repository_access_level === 'enabled'
  return open ? 'read' : 'none'
}

async function readLevel(client: Client, { path }: RepositoryId, user: number, now: Date): Promise<number> {
  try {
    const { access_level, expires_at, membership_state } = memberSchema.parse(
      await client.rest.members.show(path, user, { includeInherited: true }),
    )
    const expired = typeof expires_at === 'string' && expires_at <= now.toISOString()
    return expired || membership_state === 'awaiting' ? 0 : access_level
  } catch (error) {
    if (statusOf(error) === 404) return 0
    throw error
  }
}

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
function accessOf(level: number): Access {
  if (level >= 50) return 'admin'
  if (level >= 40) return 'maintain'
  if (level >= 30) return 'write'
  return level >= 20 ? 'read' : 'none'
}
