import { readTrailers } from '../../domain/commit-message.ts'
import { PREVIEWS } from '../../domain/names.ts'
import type { ManifestSnapshot, PathCommit } from '../../forge/forge.ts'
import { TARGET_TRAILER } from '../explain/previews.ts'

/** How many commits of a directory are searched for one of the bot's. */
export const PROOF_COMMITS = 20

/**
 * True when a directory that is no preview could have the name of one: `apps/web/previews/{slug}`, but also
 * `apps/web-{slug}`, which `apps/web-api` looks like, and `archive/{number}`. Then one that Git holds is only
 * touched when its history shows that the bot made it as a preview.
 * @param path template
 */
export function needsProof(path: string): boolean {
  return path.split('/').some((component) => component.includes('{slug}') || component === '{number}')
}

/** Whether the bot made the directory as a preview; null when its history has not been read. */
export function isProven(snapshot: ManifestSnapshot, path: string): boolean | null {
  const commits = snapshot.history[path]
  if (commits === undefined) return null
  for (const commit of commits) {
    const did = commit.ours ? whatItDid(commit, path) : null
    if (did !== null) return did === 'made'
  }
  return false
}

/** What one of the bot's commits did there: lists are cut, and a commit for several targets is about other things too. */
function whatItDid({ message }: PathCommit, path: string): 'made' | 'removed' | null {
  const lines = message.split('\n')
  if (lines.includes(`- remove ${path}`)) return 'removed'
  if (lines.some((line) => line.startsWith(`- add ${path} at `) || line.startsWith(`- update ${path} to `)))
    return 'made'
  const ofPreviews = readTrailers(message, TARGET_TRAILER).some((target) => target.endsWith(`/${PREVIEWS}`))
  return ofPreviews && !/^Update \d+ targets\n/.test(message) ? 'made' : null
}
