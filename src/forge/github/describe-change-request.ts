import type { ChangeRequestText } from '../forge.ts'
import type { Session } from './client.ts'

/** Title and body only. https://docs.github.com/en/rest/pulls/pulls#update-a-pull-request */
export async function describeChangeRequest(
  session: Session,
  number: number,
  text: ChangeRequestText,
): Promise<void> {
  const { owner, repo } = session
  await session.write((request) =>
    request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', {
      owner,
      repo,
      pull_number: number,
      title: text.title,
      body: text.body,
    }),
  )
}
