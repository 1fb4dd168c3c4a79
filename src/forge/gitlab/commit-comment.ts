import { z } from 'zod'
import type { Oid } from '../../domain/commit.ts'
import { codeSpan, escapeMarkdown, fitting } from '../../domain/markdown.ts'
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

function bodyOf({ title, summary, annotations }: Report): string {
  const places = annotations.map(
    ({ path, line, column, message }) =>
      `- ${codeSpan(`${path}:${line}:${column}`)} ${escapeMarkdown(message, 1000)}`,
  )
  const parts = [MARKER, `**${escapeMarkdown(title)}**`, summary, places.join('\n')].filter(
    (part) => part !== '',
  )
  return withoutQuickActions(fitting(parts.join('\n\n'), MOST_BODY))
}
