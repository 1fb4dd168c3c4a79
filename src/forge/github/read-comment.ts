import type { WrittenComment } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'

/** https://docs.github.com/en/rest/issues/comments#get-an-issue-comment */
export async function readComment(
  session: Session,
  number: number,
  comment: number,
): Promise<WrittenComment | null> {
  const { owner, repo } = session
  try {
    const { data } = await session.read((request) =>
      request('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', { owner, repo, comment_id: comment }),
    )
    const { user, body, issue_url, html_url: url, performed_via_github_app: app } = data
    if (user === null || !issue_url.endsWith(`/issues/${number}`)) return null
    return { login: user.login, person: user.type === 'User' && app == null, text: body ?? '', url }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}
