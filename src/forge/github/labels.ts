import type { LabelWish } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Session } from './client.ts'

/** Adds all at once, and removes one by one what is there. https://docs.github.com/en/rest/issues/labels */
export async function ensureLabels(
  session: Session,
  number: number,
  { add, remove }: LabelWish,
): Promise<void> {
  if (add.length === 0 && remove.length === 0) return
  const issue = { owner: session.owner, repo: session.repo, issue_number: number }
  const path = '/repos/{owner}/{repo}/issues/{issue_number}/labels'
  const { data } =
    add.length === 0
      ? await session.read((request) => request(`GET ${path}`, { ...issue, per_page: 100 }))
      : await session.write((request) => request(`POST ${path}`, { ...issue, labels: add }))
  const unwanted = remove.map((label) => label.toLowerCase())
  for (const { name } of data) {
    if (!unwanted.includes(name.toLowerCase())) continue
    try {
      await session.write((request) => request(`DELETE ${path}/{name}`, { ...issue, name }))
    } catch (error) {
      if (statusOf(error) !== 404) throw error
    }
  }
}
