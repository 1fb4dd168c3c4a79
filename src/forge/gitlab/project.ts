import { z } from 'zod'
import { type RepositoryId, sameRepository } from '../../domain/repository.ts'
import { ForgeAnswer, statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import { projectNotFound } from './errors.ts'
import type { GraphQLProblem } from './graphql.ts'
import { type ProjectAnswer, type ProjectQuery, projectSchema } from './project-query.ts'

/**
 * Sends a query about a project.
 * @throws SupercargoError `repository-not-found`
 */
export async function ask(
  client: Client,
  repository: RepositoryId,
  query: ProjectQuery,
  name: string,
  tolerated?: (problem: GraphQLProblem) => boolean,
): Promise<ProjectAnswer> {
  const [document, variables] = query.document(name)
  const { project } = projectSchema.parse(await client.query(document, variables, repository.path, tolerated))
  if (project === null) throw projectNotFound(repository.path, new ForgeAnswer(404, 'not found'))
  return project
}

const movedSchema = z.object({ path_with_namespace: z.string() })

/**
 * Does a job on a project where it is now. GraphQL knows no former paths; the REST API redirects from them.
 * https://docs.gitlab.com/api/rest/#redirects
 */
export async function following<T>(
  client: Client,
  repository: RepositoryId,
  job: (repository: RepositoryId) => Promise<T>,
): Promise<T> {
  try {
    return await job(repository)
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    const shown = movedSchema.parse(await client.rest.projects.show(repository.path))
    const now = { ...repository, path: shown.path_with_namespace }
    if (sameRepository(now, repository)) throw error
    return await job(now)
  }
}

/** The number of a global id: `gid://gitlab/Project/7`. */
export function numberOf(globalId: string): number {
  return Number(globalId.slice(globalId.lastIndexOf('/') + 1))
}
