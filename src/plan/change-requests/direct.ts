import type { FileEdit } from '../../edit/editor.ts'
import type { FileChange, ManifestSnapshot } from '../../forge/forge.ts'
import type { Action, Reason } from '../action.ts'
import type { Proposal } from './proposal.ts'

/** A proposal that goes straight to the manifest branch. */
export interface DirectChange {
  proposal: Proposal
  snapshot: ManifestSnapshot
  /** The edits once more, on these texts in the place of those that Git holds. */
  again(texts: ReadonlyMap<string, string>): FileEdit[]
}

/** One commit for each manifest branch, however many targets change: they cannot race each other. */
export function commitDirectly(changes: readonly DirectChange[]): Action[] {
  const snapshots = [...new Set(changes.map(({ snapshot }) => snapshot))]
  return snapshots.map((snapshot) =>
    commitOnce(snapshot, pileUp(changes.filter((change) => change.snapshot === snapshot))),
  )
}

/** Targets that change the same file change it one after the other, so that none undoes what another did. */
function pileUp(changes: readonly DirectChange[]): Proposal[] {
  const texts = new Map<string, string>()
  return changes.map(({ proposal, again }) => {
    const shared = proposal.edits.some(({ path }) => texts.has(path))
    const edits = shared ? again(texts) : proposal.edits
    for (const { path, after } of edits) texts.set(path, after)
    return shared
      ? { ...proposal, edits, changes: edits.map(({ path, after }) => ({ path, content: after })) }
      : proposal
  })
}

function commitOnce(snapshot: ManifestSnapshot, proposals: Proposal[]): Action {
  const changes = new Map<string, FileChange>(
    proposals.flatMap((proposal) => proposal.changes.map((change) => [change.path, change] as const)),
  )
  return {
    kind: 'commit',
    repository: snapshot.repository,
    target: proposals.map(({ target }) => target).join(', '),
    reason: joinReasons(proposals.map(({ reason }) => reason)),
    wish: {
      branch: snapshot.branch,
      expectedHead: snapshot.base,
      message: joinMessages(proposals.map(({ message }) => message)),
      changes: [...changes.values()],
    },
    edits: proposals.flatMap(({ edits }) => edits),
  }
}

/** Every sentence once; the code is that of the first. */
function joinReasons(reasons: readonly Reason[]): Reason {
  const code = reasons[0]?.code ?? 'newer-version'
  return { code, message: [...new Set(reasons.map(({ message }) => message))].join(' ') }
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
