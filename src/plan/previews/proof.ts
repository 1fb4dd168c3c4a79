import type { Previews } from '../../config/model.ts'
import type { ManifestSnapshot } from '../../forge/forge.ts'

/** How many commits of a directory are searched for one of the bot's. */
export const PROOF_COMMITS = 20

/**
 * True when a directory that is no preview could have the name of one: `apps/web/previews/{slug}`, but also
 * `apps/web-{slug}`, which `apps/web-api` looks like, and `archive/{number}`. Then one that Git holds is only
 * touched when its history shows a commit of the bot's.
 */
export function needsProof(previews: Previews): boolean {
  return previews.path
    .split('/')
    .some((component) => component.includes('{slug}') || component === '{number}')
}

/** Whether the bot made the directory; null when its history has not been read. */
export function isProven(snapshot: ManifestSnapshot, path: string): boolean | null {
  const commits = snapshot.history[path]
  return commits === undefined ? null : commits.some(({ ours }) => ours)
}
