import { z } from 'zod'

/** GraphQL fields of a commit's author or committer. */
export const ACTOR_FIELDS = 'name email user { login }'

export const actorSchema = z
  .object({
    name: z.string().nullish(),
    email: z.string().nullish(),
    user: z.object({ login: z.string() }).nullish(),
  })
  .nullish()

type Actor = z.infer<typeof actorSchema>

/**
 * True when the bot made this commit, and nobody changed it since: its author is the bot, its committer is the
 * bot or GitHub itself (an amended commit has a person's committer), and it is no merge.
 * @param viewer the bot's login: `supercargo[bot]`, or a person's for a plain token
 */
export function madeByBot(
  commit: { author?: Actor; committer?: Actor; parents: { totalCount: number } },
  viewer: string,
): boolean {
  return writtenByBot(commit, viewer) && (isViewer(commit.committer, viewer) || isWebFlow(commit.committer))
}

/**
 * True when the bot wrote this commit, whoever brought it to the branch: merging by rebase makes the person who
 * merges its committer.
 */
export function writtenByBot(
  commit: { author?: Actor; parents: { totalCount: number } },
  viewer: string,
): boolean {
  return isViewer(commit.author, viewer) && commit.parents.totalCount <= 1
}

/** The account that the forge names, or the address that GitHub writes for accounts: `ID+LOGIN@users.noreply.HOST`. */
function isViewer(actor: Actor, viewer: string): boolean {
  if (actor?.user?.login.toLowerCase() === viewer.toLowerCase()) return true
  const [local = '', host = ''] = (actor?.email ?? '').toLowerCase().split('@')
  return host.startsWith('users.noreply.') && local.replace(/^\d+\+/, '') === viewer.toLowerCase()
}

/** Who commits in the name of others on GitHub's side, and signs. */
function isWebFlow(actor: Actor): boolean {
  if (actor?.user?.login === 'web-flow') return true
  return /^GitHub\b/.test(actor?.name ?? '') && /^noreply@/.test(actor?.email ?? '')
}
