import { escapeMarkdown } from '../../domain/markdown.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { StatusWish } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'
import { checksNotAllowed } from './report.ts'

/**
 * A check run: GitHub shows the newest one of a name. https://docs.github.com/en/rest/checks/runs#create-a-check-run
 * @throws SupercargoError `report-not-allowed` (permanent) with a token that may not write checks
 */
export async function writeStatus(
  { owner, repo, write }: Session,
  repository: RepositoryId,
  { commit, name, conclusion, title, url }: StatusWish,
): Promise<void> {
  try {
    await write((request) =>
      request('POST /repos/{owner}/{repo}/check-runs', {
        owner,
        repo,
        name,
        head_sha: commit,
        status: 'completed',
        conclusion,
        ...(url === null ? {} : { details_url: url }),
        output: { title, summary: escapeMarkdown(title) },
      }),
    )
  } catch (error) {
    throw statusOf(error) === 403 ? checksNotAllowed(repository, error) : error
  }
}
