import type { CommandEntry, Need } from './command.ts'
import { LIMITS } from './limits.ts'
import { MOST_COMMANDS, NAMESPACE } from './read-comment.ts'
import { COMMANDS } from './registry.ts'
import { usage } from './usage.ts'

const NEEDS: Readonly<Record<Need, string>> = {
  anyone: 'nothing',
  read: 'read access to the repository',
  write: 'write access to the repository',
  promote: 'write access to the repository, and `promote` in the [policy](configuration.md#who-may-promote)',
}

/** The page `docs/commands.md`. */
export function commandsPage(registry: readonly CommandEntry[] = COMMANDS): string {
  const rows = registry.map(
    (entry) =>
      `| \`/${NAMESPACE} ${usage(entry).replaceAll('|', '\\|')}\` | ${entry.does} | ${NEEDS[entry.needs]} |`,
  )
  return `# Commands

<!-- Generated from src/command/registry.ts: UPDATE_DOCS=1 npm test -- command/document -->

Write a command as a comment on a pull request (GitHub) or merge request (GitLab) of an application, at the start of a
line:

| command | what it does | needs |
| --- | --- | --- |
${rows.join('\n')}

On GitHub the verb alone will do as well: \`/${registry[1]?.verb ?? 'help'}\`. On GitLab only the form with \`/${NAMESPACE}\` counts, because GitLab has commands
of its own.

## What happens

1. The comment gets 👀.
2. The comment is read again, and whether its author may do this is asked of the forge. A comment that was edited or
   deleted meanwhile leads to nothing.
3. One comment of the bot's on the pull request says what was decided, why (a code that stays the same), and what
   happens next. The next answer takes its place.
4. The comment gets 🚀, or 😕 where something was refused.

Promote, rollback, lock and unlock have [a page of their own](locks.md).

What is in a private manifest repository is only told where everybody who reads the answer belongs to the same owner,
and to those who may read it. Every decision is in the journal.

## How it is written

- Upper and lower case are the same. So are spaces, quotes and dashes as phones write them.
- \`key=value\` and words with spaces may be quoted: \`"a word"\`, \`'a word'\`, with \`\\\` before a quote inside.
- Where a reason is taken, it stands behind \`--\` and reaches to the end of the line.
- Up to ${MOST_COMMANDS} commands in a comment, each on a line of its own. All are understood before any is carried out: one
  mistake, and nothing is done.
- Lines in code, quotes, HTML comments, signatures and the quoted original of an e-mail are no commands.
- A line with characters that cannot be seen is refused.
- Comments of bots and edits of comments are ignored: write a new comment.
- A word that is no command is refused after \`/${NAMESPACE}\`; any other line that begins with a slash is left to other bots.

Everybody has ${LIMITS.person} comments with commands an hour in each repository, and all together have ${LIMITS.repository}. What could not be
carried out within an hour is given up.
`
}
