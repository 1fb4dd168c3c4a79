import { setTimeout as sleep } from 'node:timers/promises'
import { errorKind } from '../../domain/errors.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Forge } from '../../forge/forge.ts'
import type { StateChange } from '../../forge/state.ts'
import type { Reason } from '../../plan/action.ts'
import type { SourceIdentity } from '../../state/files.ts'
import { type CommandPlace, stateMessage, wasSaid } from '../../state/message.ts'
import type { Said, SourceState } from '../../state/state.ts'
import { readStateAlone } from '../read-state.ts'

/** How often what was said is decided anew because somebody else wrote first. */
const ATTEMPTS = 8
/** The longest pause before the second time; before others it is longer. */
const PAUSE_MILLISECONDS = 100

/** What is to be written down, or why it is not. No changes: it is written down already. */
export type Saying = { changes: StateChange[]; what: string; said: Said } | { refused: Reason }

/**
 * Writes down in a manifest repository what a person has said about an application repository: one commit that says
 * what, who, why and where. Of several at once each decides on what those before it have left.
 * @param command whose commit, where there is one already, is left alone and not repeated: the process that made it did
 * not live to say so
 * @param decide may be asked several times, and also about what it has decided before
 * @returns why it was refused; null when it is written down
 * @throws `conflict` when others were first over and over
 */
export async function say(
  forge: Forge,
  manifests: RepositoryId,
  source: SourceIdentity,
  command: CommandPlace | null,
  decide: (state: SourceState) => Saying,
): Promise<Reason | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sayOnce(forge, manifests, source, command, decide)
    } catch (error) {
      if (errorKind(error) !== 'conflict' || attempt === ATTEMPTS) throw error
      // those who lost together do not come back together
      await sleep(Math.random() * PAUSE_MILLISECONDS * attempt)
    }
  }
}

async function sayOnce(
  forge: Forge,
  manifests: RepositoryId,
  source: SourceIdentity,
  command: CommandPlace | null,
  decide: (state: SourceState) => Saying,
): Promise<Reason | null> {
  const { repository, snapshot, read } = await readStateAlone(forge, manifests, source)
  if (!read.ok) return { code: 'state-unreadable', message: read.message }
  const saying = decide(read.value)
  if (command !== null && wasSaid(snapshot?.messages ?? [], command)) return null
  if ('refused' in saying) return saying.refused
  const { changes, what, said } = saying
  if (changes.length > 0) {
    const message = stateMessage(what, said, command)
    await forge.writeState(repository, { expectedHead: read.head, message, changes })
  }
  return null
}
