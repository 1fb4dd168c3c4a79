import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { escapeMarkdown, fitting } from '../../domain/markdown.ts'
import type { RepositoryId } from '../../domain/repository.ts'
import type { Report } from '../forge.ts'
import type { Client } from './client.ts'
import type { Me } from './identity.ts'
import { withoutQuickActions } from './quick-actions.ts'

const MARKER = '<!-- supercargo:report -->'
/** GitLab takes a million characters; nobody reads more than these. */
const MOST_BODY = 60_000

const discussionsSchema = z.array(
  z.object({
    id: z.string(),
    notes: z.array(
      z.object({ id: z.number(), body: z.string(), author: z.object({ id: z.number() }).nullish() }),
    ),
  }),
)

/**
 * The bot's one comment on a commit, found by author and marker. Comments on commits are edited as notes of a discussion.
 * https://docs.gitlab.com/api/discussions/#commits
 */
export async function ensureCommitComment(
  client: Client,
  repository: RepositoryId,
  commit: Oid,
  report: Report,
  me: Me,
): Promise<void> {
  const body = bodyOf(report)
  const { discussions } = client.rest
  const found = discussionsSchema.parse(await discussions.all(repository.path, commit, { perPage: 100 }))
  const own = found
    .flatMap(({ id, notes }) => notes.map((note) => ({ discussion: id, ...note })))
    .find((note) => note.author?.id === me.id && note.body.includes(MARKER))
  if (own === undefined) await discussions.create(repository.path, commit, body)
  else if (own.body !== body) {
    await discussions.editNote(repository.path, commit, own.discussion, own.id, { body })
  }
}

/** The summary names every problem with its place, so that the annotations need not be repeated. */
function bodyOf({ title, summary }: Report): string {
  return withoutQuickActions(fitting(`${MARKER}\n\n**${escapeMarkdown(title)}**\n\n${summary}`, MOST_BODY))
}
