/**
 * What the design knows and this version does not. Each is refused, so that nobody relies on a gate, a window
 * or a limit that does not exist; the text says what happens without it.
 */
export const LATER_KEYS: Record<string, string> = {
  ready: 'Remove it: a commit counts at once, so let CI push the image before the merge.',
  retag: 'Remove it: CI must push the image under the tag of the release.',
  gates: 'Remove it: nothing waits for gates in this version, so let people review instead.',
  onFailure: 'Remove it: this version does not watch how a rollout ends.',
  ttl: 'Remove it: a preview goes when its pull request or branch goes.',
  limit: 'Remove it: the number of previews is not limited in this version.',
  freeze:
    'Remove it: this version cannot hold changes back for a time, and does nothing at all while it stands here.',
}
