import { isHostGlob } from '../domain/host-glob.ts'
import type { Complain, Text } from './setting-problem.ts'

/** PREVIEW_HOSTS: patterns over the hosts whose pages may be asked whether they answer; none by default. */
export function readPreviewHosts(text: Text, complain: Complain): string[] {
  const globs = (text('PREVIEW_HOSTS') ?? '')
    .split(/[\s,]+/)
    .map((glob) => glob.toLowerCase())
    .filter((glob) => glob !== '')
  const wrong = globs.find((glob) => !isHostGlob(glob))
  if (wrong === undefined) return globs
  complain(
    'PREVIEW_HOSTS',
    `"${wrong.slice(0, 80)}" is not a pattern for hosts.`,
    'Write hosts such as *.preview.acme.dev, separated by commas; the last two parts of each must be written out.',
  )
  return []
}
