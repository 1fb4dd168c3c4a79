import type { App } from '../../config/model.ts'
import type { FileChange } from '../../forge/forge.ts'
import type { Reason, Standing } from '../action.ts'
import type { PageMemory } from '../explain/comment-memory.ts'
import type { Question } from '../questions.ts'
import { whileWaiting } from '../standing.ts'
import type { Wait } from '../versions/wait.ts'
import { warningOf } from './life.ts'
import type { Preview } from './set.ts'
import type { AbsentPreview } from './turn.ts'

/** How one preview stands, for its pull request's comment. */
export interface PreviewStanding {
  app: string
  preview: Preview
  /**
   * `in-git`: the manifest branch holds it, or will when this pass has been applied. `not-ready`: its newest version waits
   * for an image or a check; `waiting`: for people to merge it, or its removal; `queued`: for a place; `expired`: its time
   * is over; `down`: somebody took it away; `withdrawn`: nobody has approved this commit of a fork. Of those in Git,
   * `sleeping`: without replicas; and where somebody looks, `deploying`: it does not answer yet; `ready`: it has answered;
   * `silent`: it should have answered by now.
   */
  state:
    | 'in-git'
    | 'deploying'
    | 'ready'
    | 'silent'
    | 'sleeping'
    | 'not-ready'
    | 'waiting'
    | 'refused'
    | AbsentPreview['state']
  /** True when a direct commit of this pass brings it there: it may still be refused. */
  byCommit: boolean
  reason: Reason | null
  /** A whole sentence: it goes soon, and when. */
  warning: string | null
  /** What is to be remembered of its page; absent: nothing. */
  page?: PageMemory
}

/** What a preview would change, or why it changes nothing. */
export interface Compared {
  preview: Preview
  changes: FileChange[]
  reason: Reason | null
  /** Git has this version already, awake: nobody asks again whether it is ready. */
  fallsAsleep?: boolean
  /** What its version lacks before it may be written. */
  waits?: Wait[]
  /** These must be answered before its files can be made. */
  asks?: Question[]
}

/** Adds what was left alone, and what is not ready. */
export function withNotes(
  standing: Standing,
  removal: Reason | null,
  unusable: Reason | null,
  compared: readonly Compared[],
): Standing {
  const waiting = compared.flatMap(({ preview, waits }) =>
    waits === undefined ? [] : [{ version: preview.tag, waits }],
  )
  const refused = compared.find(({ reason, waits }) => reason !== null && waits === undefined)?.reason ?? null
  const note = removal ?? unusable ?? refused
  const told = waiting.length === 0 ? standing : whileWaiting({ ...standing, waiting })
  if (note === null) return told
  const quiet = unusable === null ? 'held' : 'refused'
  const state = standing.state === 'current' ? quiet : standing.state
  return {
    ...told,
    state,
    reason: { code: note.code, message: `${standing.reason.message} ${note.message}` },
  }
}

export function standingOfPreview(
  app: App,
  { preview, changes, reason, waits }: Compared,
  { direct, now }: { direct: boolean; now: Date },
): PreviewStanding {
  const warning = warningOf(preview.expires, now)
  if (reason !== null) {
    const state = waits === undefined ? 'refused' : 'not-ready'
    return { app: app.name, preview, state, byCommit: false, reason, warning }
  }
  return {
    app: app.name,
    preview,
    state: changes.length > 0 && !direct ? 'waiting' : preview.asleep ? 'sleeping' : 'in-git',
    byCommit: changes.length > 0 && direct,
    reason: null,
    warning,
  }
}

/** One that its pull request has not now; it may still be in Git. */
export function standingOfAbsent(
  app: App,
  { preview, state, reason }: AbsentPreview,
  { inGit, removal, direct }: { inGit: boolean; removal: Reason | null; direct: boolean },
): PreviewStanding {
  const told = { app: app.name, preview, byCommit: inGit && direct, reason, warning: null }
  if (inGit && removal !== null) return { ...told, state: 'refused', byCommit: false, reason: removal }
  return { ...told, state: inGit && !direct ? 'waiting' : state }
}
