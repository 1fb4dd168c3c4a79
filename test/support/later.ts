import type { GitClone } from './git-clone.ts'
import type { Stage } from './stage.ts'

const DAY = 24 * 3600 * 1000

/** It is so many days later, for the forge and for the bot. */
export function later(s: Stage, days: number): void {
  const now = () => new Date(Date.now() + days * DAY)
  s.source.inside.model.now = () =>
    now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z')
  s.bot.dependencies.now = now
}

/** Commits at this time, and pushes; returns the commit. */
export async function pushAt(clone: GitClone, time: Date): Promise<string> {
  const date = time.toISOString()
  await clone.write('more.txt', date)
  await clone.git('add', '--all')
  await clone.git('commit', '--quiet', '-m', 'More', '--date', date)
  await clone.git('rebase', '--quiet', '--force-rebase', '--committer-date-is-author-date', 'HEAD~1')
  await clone.push()
  return await clone.git('rev-parse', 'HEAD')
}
