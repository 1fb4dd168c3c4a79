import { z } from 'zod'
import type { Glance } from '../glance.ts'
import type { Client } from './client.ts'
import type { GitLabOptions } from './options.ts'

const projectsSchema = z.array(z.object({ path_with_namespace: z.string() }))

/**
 * Every project that the token's user is a member of, directly or by a group, and that the bot serves. Without marks:
 * GitLab tells of no tags but project by project, and of activity by the hour.
 * https://docs.gitlab.com/api/projects/#list-all-projects
 */
export async function glance(client: Client, options: GitLabOptions): Promise<Glance[]> {
  const found = await client.rest.projects.all({
    membership: true,
    simple: true,
    archived: false,
    pagination: 'keyset',
    orderBy: 'id',
    sort: 'asc',
    perPage: 100,
  })
  return projectsSchema
    .parse(found)
    .filter(({ path_with_namespace: path }) => options.serves?.(path) !== false)
    .map(({ path_with_namespace: path }) => ({ repository: { forge: options.id, path }, mark: null }))
}
