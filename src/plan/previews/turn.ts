import type { App, Previews } from '../../config/model.ts'
import { showDuration } from '../../domain/duration.ts'
import type { Reason } from '../action.ts'
import type { World } from '../world.ts'
import { type Expiry, showTime } from './life.ts'
import type { Preview } from './set.ts'

/** A preview that its pull request would have, and has not now. */
export interface AbsentPreview {
  preview: Preview
  state: 'queued' | 'expired' | 'down' | 'withdrawn'
  reason: Reason
}

/**
 * Who has a preview now, and who waits. Nothing counts but the order: the oldest pull requests (or the first branches by
 * name) have the places, so that a preview only ever loses its place to an older pull request that comes back. One that
 * somebody asked for by a command waits like any other, and one whose time is over holds no place.
 * @param all in this order
 */
export function takeTurns(
  world: World,
  app: App,
  previews: Previews,
  all: readonly Preview[],
): { previews: Preview[]; absent: AbsentPreview[] } {
  const present: Preview[] = []
  const absent: AbsentPreview[] = []
  const byAuthor = new Map<string, number>()
  let waiting = 0
  for (const preview of all) {
    if (preview.expires !== null && preview.expires.at <= world.now) {
      absent.push({ preview, state: 'expired', reason: expired(preview.expires, previews.ttl ?? 0) })
      continue
    }
    const author = preview.pullRequest?.authorLogin ?? 'unknown'
    const nth = (byAuthor.get(author) ?? 0) + 1
    byAuthor.set(author, nth)
    const { limit, limitPerAuthor } = previews
    if (limitPerAuthor !== null && nth > limitPerAuthor)
      absent.push(queued(world, preview, { who: author, limit: limitPerAuthor, place: nth - limitPerAuthor }))
    else if (limit !== null && present.length >= limit) {
      waiting += 1
      absent.push(queued(world, preview, { who: app.name, limit, place: waiting }))
    } else present.push(preview)
  }
  return { previews: present, absent }
}

function expired({ at, extendedBy }: Expiry, ttl: number): Reason {
  const why =
    extendedBy === null
      ? `Nobody has pushed for ${showDuration(ttl)}`
      : `The time that ${extendedBy} gave it is over`
  const message = `${why}, so it has gone on ${showTime(at)}. A new commit, reopening, or "/cargo preview up" brings it back.`
  return { code: 'preview-expired', message }
}

function queued(
  { words }: World,
  preview: Preview,
  { who, limit, place }: { who: string; limit: number; place: number },
): AbsentPreview {
  const order = preview.pullRequest === null ? 'the first by name' : `the oldest ${words.changeRequest}s`
  const message = `${who} may have ${limit} preview${limit === 1 ? '' : 's'} at once, and ${order} come first: this is number ${place} in line.`
  return { preview, state: 'queued', reason: { code: 'preview-limit', message } }
}
