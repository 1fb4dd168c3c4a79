/**
 * Where the main job looks different on one forge than on the other, and why. Every test of `test/e2e` that
 * `acrossForges` runs holds for all pairs, except for what these names say.
 */
export interface SuiteDeviations {
  /** Who the bot's commits are by, and who put them there. */
  commits: { author: string; committer: string }
  /** A report of something that is well tells how each target stands, not only its state. */
  reportTellsAll: boolean
  /** A report marks the lines of files that are wrong. */
  annotations: boolean
}

export const SUITE_DEVIATIONS: Record<'github' | 'gitlab', SuiteDeviations> = {
  github: {
    commits: { author: 'supercargo[bot]', committer: 'GitHub' },
    reportTellsAll: true,
    annotations: true,
  },
  gitlab: {
    // whoever asks the API for a commit is its author and its committer
    commits: { author: 'supercargo', committer: 'supercargo' },
    // a commit status has one line; only failures get a comment on the commit beside it
    reportTellsAll: false,
    // the comment names file, line and column instead
    annotations: false,
  },
}

/**
 * Whoever owns the application owns the manifests, when the owner has the same name; across forges the name
 * `acme` may be two different people's, so that nothing is accepted there without a policy.
 */
export function ownersAreShared(source: string, target: string): boolean {
  return source === target
}
