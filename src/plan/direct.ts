import type { FileChange, ManifestSnapshot } from '../forge/forge.ts'
import type { Action } from './action.ts'
import type { Proposal } from './proposal.ts'

/** A proposal that goes straight to the manifest branch. */
export interface DirectChange {
  proposal: Proposal
  snapshot: ManifestSnapshot
}

/** One commit for each manifest branch, however many targets change: they cannot race each other. */
export function commitDirectly(changes: readonly DirectChange[]): Action[] {
  const snapshots = [...new Set(changes.map(({ snapshot }) => snapshot))]
  return snapshots.map((snapshot) =>
    commitOnce(
      snapshot,
      changes.filter((change) => change.snapshot === snapshot).map(({ proposal }) => proposal),
    ),
  )
}

function commitOnce(snapshot: ManifestSnapshot, proposals: Proposal[]): Action {
  const changes = new Map<string, FileChange>(
    proposals.flatMap((proposal) => proposal.changes.map((change) => [change.path, change] as const)),
  )
  const targets = proposals.map(({ target }) => target)
  return {
    kind: 'commit',
    repository: snapshot.repository,
    target: targets.join(', '),
    reason: proposals[0]?.reason ?? { code: 'newer-version', message: '' },
    wish: {
      branch: snapshot.branch,
      expectedHead: snapshot.base,
      message: joinMessages(proposals.map(({ message }) => message)),
      changes: [...changes.values()],
    },
    edits: proposals.flatMap(({ edits }) => edits),
  }
}

/** Subjects become a list, trailers stay at the end, where git-interpret-trailers(1) finds them. */
function joinMessages(messages: string[]): string {
  const [only] = messages
  if (messages.length === 1 && only !== undefined) return only
  const split = messages.map((message) => {
    const paragraphs = message.trimEnd().split('\n\n')
    return { text: paragraphs.slice(0, -1).join('\n\n'), trailers: paragraphs.at(-1) ?? '' }
  })
  const subject = `Update ${messages.length} targets`
  return [subject, ...split.map(({ text }) => text), split.map(({ trailers }) => trailers).join('\n')].join(
    '\n\n',
  )
}
