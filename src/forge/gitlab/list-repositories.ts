import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Client } from './client.ts'
import type { GitLabOptions } from './options.ts'

const projectsSchema = z.array(z.object({ path_with_namespace: z.string() }))

/**
 * Every project that the token's user is a member of, directly or by a group, and that the bot serves.
 * https://docs.gitlab.com/api/projects/#list-all-projects
 */
export async function listRepositories(client: Client, options: GitLabOptions): Promise<RepositoryId[]> {
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
    .map(({ path_with_namespace: path }) => ({ forge: options.id, path }))
    .filter(({ path }) => options.serves?.(path) !== false)
}
