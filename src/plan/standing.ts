import type { Reason, Standing } from './action.ts'
import type { Candidate } from './versions/candidate.ts'

/** Adds what an environment waits for besides: newer versions that are not ready, or images that are gone. */
export function tellMore(
  standing: Standing,
  { waiting, vanished }: Pick<Extract<Candidate, { state: 'found' }>, 'waiting' | 'vanished'>,
): Standing {
  const more = waiting.length === 0 ? standing : whileWaiting({ ...standing, waiting })
  if (vanished.length === 0 || standing.state !== 'current') return more
  return { ...more, state: 'held', reason: imageGone(standing, vanished) }
}

/** An environment that has what it should have still waits when newer versions are not ready. */
export function whileWaiting(standing: Standing): Standing {
  const reason = standing.waiting?.[0]?.waits[0]?.reason
  return standing.state !== 'current' || reason === undefined
    ? standing
    : { ...standing, state: 'waiting', reason }
}

function imageGone({ target, from }: Standing, images: readonly string[]): Reason {
  const are = images.length === 1 ? 'is' : 'are'
  const message = `${target} has ${from}, but ${images.join(', ')} ${are} no longer in the registry. It stays as it is; push the image again, or a newer version.`
  return { code: 'image-vanished', message }
}
