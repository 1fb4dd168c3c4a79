import { z } from 'zod'
import type { RepositoryId } from '../../domain/repository.ts'
import type { ReactionWish } from '../feedback.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import { commentNotFound } from './comment.ts'
import type { Me } from './identity.ts'

const awardsSchema = z.array(z.object({ name: z.string(), user: z.object({ id: z.number() }) }))

/**
 * GitLab answers 404 for a note that is gone and for an emoji that is there already.
 * https://docs.gitlab.com/api/emoji_reactions/#add-reactions-to-comments
 */
export async function ensureReaction(
  client: Client,
  repository: RepositoryId,
  { number, comment, reaction }: ReactionWish,
  me: Me,
): Promise<void> {
  const { awards } = client.rest
  try {
    await awards.award(repository.path, number, comment, reaction)
  } catch (error) {
    if (statusOf(error) !== 404) throw error
    const page = { perPage: 100, maxPages: 20 }
    const given = await awards.all(repository.path, number, comment, page).catch((second: unknown) => {
      throw statusOf(second) === 404 ? commentNotFound(repository, number) : second
    })
    if (awardsSchema.parse(given).some(({ name, user }) => name === reaction && user.id === me.id)) return
    throw error
  }
}
