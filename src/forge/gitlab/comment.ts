import { z } from 'zod'
import { SupercargoError } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { CommentWish } from '../forge.ts'
import { statusOf } from '../shared/answer.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import type { Limiter } from './limiter.ts'
import { withoutQuickActions } from './quick-actions.ts'
import { readNotes } from './source-requests.ts'

const noteSchema = z.object({ id: z.number() })

/**
 * Creates a note, or edits or replaces one; lines that GitLab would execute are made harmless.
 * https://docs.gitlab.com/api/notes/#merge-requests
 * @throws SupercargoError `comment-not-found` (conflict) when somebody deleted it, `comment-exists` (conflict),
 * `rate-limited` (transient) before GitLab would say so
 */
export async function writeComment(
  client: Client,
  repository: RepositoryId,
  wish: CommentWish,
  me: Me,
  limiter: Limiter,
): Promise<void> {
  const { notes } = client.rest
  const body = withoutQuickActions(wish.body)
  limiter.take()
  // the old one first: what is left when this stops half-way is completed by the next pass
  if (wish.id !== null) {
    const id = Number(wish.id)
    const changing = wish.anew
      ? notes.remove(repository.path, wish.number, id)
      : notes.edit(repository.path, wish.number, id, { body })
    await changing.catch((error: unknown) => {
      throw statusOf(error) === 404 ? commentNotFound(repository, wish.number) : error
    })
    if (!wish.anew) return
  }
  const created = noteSchema.parse(await notes.create(repository.path, wish.number, body))
  if (wish.marker !== null) await keepOldest(client, repository, wish.number, wish.marker, created.id, me)
}

/** The error for a note that somebody deleted. */
export function commentNotFound(repository: RepositoryId, number: number): SupercargoError {
  return new SupercargoError(`A comment on ${repository.path}!${number} is gone.`, {
    code: 'comment-not-found',
    kind: 'conflict',
  })
}

/** Two workers that create a note at the same time both look afterwards, and agree that the older one stays. */
async function keepOldest(
  client: Client,
  repository: RepositoryId,
  iid: number,
  marker: string,
  created: number,
  me: Me,
): Promise<void> {
  const older = (await readNotes(client, repository, iid)).some(
    ({ id, author, body }) => id < created && author.id === me.id && body.includes(marker),
  )
  if (!older) return
  await client.rest.notes.remove(repository.path, iid, created)
  throw new SupercargoError(`Another worker has commented on ${repository.path}!${iid} meanwhile.`, {
    code: 'comment-exists',
    kind: 'conflict',
  })
}
