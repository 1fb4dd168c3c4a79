import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Access } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import { findUser, levelOf, memberSchema } from './people.ts'

const levelSchema = memberSchema.pick({ access_level: true, expires_at: true, membership_state: true })
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
  const user = await findUser(client, login)
  if (user === null) return 'none'
  const access = accessOf(await readLevel(client, repository, user.id, now))
  if (access !== 'none') return access
  const project = projectSchema.parse(await client.rest.projects.show(repository.path))
  const open = project.visibility === 'public' && project.repository_access_level === 'enabled'
  return open ? 'read' : 'none'
}

async function readLevel(client: Client, { path }: RepositoryId, user: number, now: Date): Promise<number> {
  try {
    const member = await client.rest.members.show(path, user, { includeInherited: true })
    return levelOf(levelSchema.parse(member), now)
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
