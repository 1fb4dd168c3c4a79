import { z } from 'zod'
import type { Rest } from './client.ts'

/** The user that the token belongs to: a bot of a project or group, or a person. */
export interface Me {
  id: number
  username: string
  /** Lower case; GitLab makes commits in its user's name with one of them. */
  emails: string[]
}

/** https://docs.gitlab.com/api/users/#get-the-current-user */
const userSchema = z.object({
  id: z.number(),
  username: z.string(),
  email: z.string().nullish(),
  commit_email: z.string().nullish(),
  public_email: z.string().nullish(),
})

export async function readMe(rest: Rest): Promise<Me> {
  const { id, username, ...addresses } = userSchema.parse(await rest.users.showCurrentUser())
  const emails = Object.values(addresses).filter((email) => typeof email === 'string' && email !== '')
  return { id, username, emails: emails.map((email) => String(email).toLowerCase()) }
}

/** A commit as the REST API gives it. https://docs.gitlab.com/api/commits/ */
export const commitSchema = z.object({
  id: z.string(),
  parent_ids: z.array(z.string()),
  title: z.string().nullish(),
  message: z.string().nullish(),
  author_name: z.string().nullish(),
  author_email: z.string().nullish(),
  committer_name: z.string().nullish(),
  committer_email: z.string().nullish(),
  committed_date: z.string().nullish(),
  web_url: z.string().nullish(),
})

export type RestCommit = z.infer<typeof commitSchema>

/**
 * True when the bot made this commit, and nobody changed it since: an amended commit has a person's committer, and
 * a merge is never the bot's.
 */
export function madeByBot(commit: RestCommit, me: Me): boolean {
  const { committer_email: email, committer_name: name } = commit
  return writtenByBot(commit, me) && (isMe(email, me) || isInstance(name, email))
}

/** True when the bot wrote this commit, whoever brought it to the branch. */
export function writtenByBot(commit: RestCommit, me: Me): boolean {
  return isMe(commit.author_email, me) && commit.parent_ids.length === 1
}

function isMe(email: string | null | undefined, me: Me): boolean {
  return typeof email === 'string' && me.emails.includes(email.toLowerCase())
}

/** Who commits where an instance signs what is done through its pages and API. */
function isInstance(name: string | null | undefined, email: string | null | undefined): boolean {
  return name === 'GitLab' && /^noreply@/.test(email ?? '')
}
