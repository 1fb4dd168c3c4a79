import { z } from 'zod'
import type { Look } from '../glance.ts'
import type { Client } from './client.ts'
import type { GitLabOptions } from './options.ts'

const projectsSchema = z.array(
  z.object({ path_with_namespace: z.string(), archived: z.boolean().default(false) }),
)

/**
 * Every project that the token's user is a member of, directly or by a group, and that the bot serves. Without marks:
 * GitLab notes a project's activity once an hour only, and tells of branches and tags project by project. Nothing happens
 * in one that is archived, which is a mark.
 * https://docs.gitlab.com/api/projects/#list-all-projects
 */
export async function glance(client: Client, options: GitLabOptions): Promise<Look> {
  const found = await client.rest.projects.all({
    membership: true,
    pagination: 'keyset',
    orderBy: 'id',
    sort: 'asc',
    perPage: 100,
  })
  const seen = projectsSchema
    .parse(found)
    .filter(({ path_with_namespace: path }) => options.serves?.(path) !== false)
    .map(({ path_with_namespace: path, archived }) => ({
      repository: { forge: options.id, path },
      mark: archived ? 'archived' : null,
    }))
  return { seen, failures: [] }
}
