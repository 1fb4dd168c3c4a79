import { oneLine } from '../../domain/markdown.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { StatusWish } from '../feedback.ts'
import type { Client } from './client.ts'
import { MOST_CHARACTERS, setStatus } from './report.ts'

/**
 * A status from outside, beside the jobs of the newest pipeline, or in one of its own where there is none.
 * https://docs.gitlab.com/api/commits/#set-commit-pipeline-status
 * @throws SupercargoError `report-not-allowed` (permanent)
 */
export async function writeStatus(
  client: Client,
  repository: RepositoryId,
  { commit, branch, name, conclusion, title, url }: StatusWish,
): Promise<void> {
  await setStatus(client, repository, commit, conclusion, {
    name,
    ref: branch,
    description: oneLine(title, MOST_CHARACTERS),
    ...(url === null || url.length > MOST_CHARACTERS ? {} : { targetUrl: url }),
  })
}
