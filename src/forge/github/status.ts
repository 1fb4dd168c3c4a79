import { escapeMarkdown } from '../../domain/markdown.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { StatusWish } from '../feedback.ts'
import type { Session } from './client.ts'
import { createCheckRun } from './report.ts'

/**
 * A check run: GitHub shows the newest one of a name. https://docs.github.com/en/rest/checks/runs#create-a-check-run
 * @throws SupercargoError `report-not-allowed` (permanent) with a token that may not write checks
 */
export async function writeStatus(
  session: Session,
  repository: RepositoryId,
  { commit, name, conclusion, title, url }: StatusWish,
): Promise<void> {
  await createCheckRun(session, repository, {
    name,
    head_sha: commit,
    conclusion,
    ...(url === null ? {} : { details_url: url }),
    output: { title, summary: escapeMarkdown(title) },
  })
}
