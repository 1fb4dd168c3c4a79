import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { OwnComment, WrittenComment } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { withQuickActions } from './quick-actions.ts'
import { readNotes } from './source-requests.ts'

const noteSchema = z.object({
  id: z.number(),
  body: z.string(),
  system: z.boolean(),
  author: z.object({ id: z.number(), username: z.string() }),
})
/** https://docs.gitlab.com/api/users/#retrieve-a-user */
const userSchema = z.object({ bot: z.boolean().nullish() })

/**
 * A note on a merge request, and whether a person wrote it: tokens of projects and groups have users that are bots.
 * https://docs.gitlab.com/api/notes/#retrieve-a-merge-request-note
 */
export async function readComment(
  client: Client,
  { path }: RepositoryId,
  number: number,
  comment: number,
  me: Me,
): Promise<WrittenComment | null> {
  try {
    const note = noteSchema.parse(await client.rest.notes.show(path, number, comment))
    const { id, username } = note.author
    const mine = note.system || id === me.id
    const bot = mine || userSchema.parse(await client.rest.users.show(id)).bot === true
    const url = `${client.addresses.web}/${path}/-/merge_requests/${number}#note_${comment}`
    return { login: username, person: !bot, text: note.body, url }
  } catch (error) {
    if (statusOf(error) === 404) return null
    throw error
  }
}

/** The bot's own note on one merge request that holds the marker. */
export async function findComment(
  client: Client,
  repository: RepositoryId,
  number: number,
  marker: string,
  me: Me,
): Promise<OwnComment | null> {
  const notes = await readNotes(client, repository, number)
  const own = notes.find(({ author, body }) => author.id === me.id && body.includes(marker))
  return own === undefined ? null : { id: String(own.id), body: withQuickActions(own.body) }
}
