import type { Vocabulary } from '../domain/vocabulary.ts'
import type { ChangeRequestLink, MergeResult } from '../forge/forge.ts'
import type { NotAsked } from '../forge/people.ts'
import type { Action, Standing } from './action.ts'
import { waitsForMerge } from './change-requests/settle.ts'
import { whileWaiting } from './standing.ts'

/** An action that was carried out, with what the forge answered. */
export interface Applied {
  action: Action
  /** Of the forge where it was done. */
  words: Vocabulary
  opened: ChangeRequestLink | null
  merge: MergeResult | null
  /** Who could not be asked for a review, where somebody was to be asked. */
  notAsked?: NotAsked[]
}

/** How the targets stand once the actions have been carried out: what the next pass would say by itself. */
export function aftermath(standings: readonly Standing[], applied: readonly Applied[]): Standing[] {
  return standings.map((standing) =>
    applied
      .filter(({ action }) => action.target?.split(', ').includes(standing.target))
      .reduce((before, each) => afterOne(before, each), standing),
  )
}

function afterOne(standing: Standing, { action, words, opened, merge }: Applied): Standing {
  if (action.kind === 'commit' || merge?.merged === true) {
    const { there, ...before } = standing
    if (there !== undefined) return { ...before, state: 'held', from: before.to, reason: there, url: null }
    const message = `${standing.target} has ${standing.to}.`
    return whileWaiting({
      ...standing,
      state: 'current',
      from: standing.to,
      reason: { code: 'up-to-date', message },
      url: null,
    })
  }
  if (merge !== null) {
    return { ...standing, state: 'waiting', reason: { code: 'merge-refused', message: merge.reason } }
  }
  if (action.kind === 'open-change-request' && opened !== null) {
    return {
      ...standing,
      state: 'waiting',
      reason: waitsForMerge(action.merge, words, opened.number),
      url: opened.url,
    }
  }
  if (action.kind === 'update-change-request') {
    return { ...standing, state: 'waiting', reason: waitsForMerge(action.merge, words, action.wish.number) }
  }
  return standing
}
