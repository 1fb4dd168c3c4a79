import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import { ForgeAnswer } from '../shared/answer.ts'
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
 * Where a project is now. GraphQL knows no former paths; the REST API redirects from them.
 * https://docs.gitlab.com/api/rest/#redirects
 */
export async function followRename(client: Client, repository: RepositoryId): Promise<RepositoryId> {
  const { path_with_namespace: path } = movedSchema.parse(await client.rest.projects.show(repository.path))
  return { ...repository, path }
}

/** The number of a global id: `gid://gitlab/Project/7`. */
export function numberOf(globalId: string): number {
  return Number(globalId.slice(globalId.lastIndexOf('/') + 1))
}
