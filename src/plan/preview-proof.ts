import type { Previews } from '../config/model.ts'
import type { ManifestSnapshot } from '../forge/forge.ts'

/** How many commits of a directory are searched for one of the bot's. */
export const PROOF_COMMITS = 20

/**
 * True when any directory of the same parent could be a preview by its name: `apps/web/previews/{slug}`. Then
 * one that Git holds is only touched when its history shows a commit of the bot's.
 */
export function needsProof(previews: Previews): boolean {
  return previews.path.split('/').includes('{slug}')
}

/** Whether the bot made the directory; null when its history has not been read. */
export function isProven(snapshot: ManifestSnapshot, path: string): boolean | null {
  const commits = snapshot.history[path]
  return commits === undefined ? null : commits.some(({ ours }) => ours)
}
