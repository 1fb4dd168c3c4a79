import type { Commit } from '../../domain/commit.ts'
import { plainLine } from '../../domain/commit-message.ts'
import { codeSpan, escapeMarkdown, link } from '../../domain/markdown.ts'
import type { World } from '../world.ts'

const SHOWN = 50
const SHOWN_IN_MESSAGE = 20

/** Markdown list, newest first: id, headline, pull request, author. */
export function listCommits(brought: { commits: Commit[]; total: number }, world: World): string {
  const shown = brought.commits.slice(0, SHOWN)
  const lines = shown.map((commit) => `- ${commitItem(commit, world)}`)
  const rest = brought.total - shown.length
  return [...lines, ...(rest > 0 ? [`- … and ${rest} more`] : [])].join('\n')
}

/** Plain list for a commit message. */
export function commitLines(commits: readonly Commit[], total: number): string {
  const shown = commits.slice(0, SHOWN_IN_MESSAGE)
  const lines = shown.map(
    (commit) =>
      `- ${commit.oid.slice(0, 7)} ${plainLine(headlineOf(commit))} (${plainLine(commit.authorName, 60)})`,
  )
  const rest = total - shown.length
  return [...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')
}

function commitItem(commit: Commit, { source, words }: World): string {
  const id = link(codeSpan(commit.oid.slice(0, 7)), commit.url)
  const pulls = commit.pullRequests
    .map(({ number, url }) => link(escapeMarkdown(`${source.repository.path}${words.mark}${number}`), url))
    .join(', ')
  const headline = commit.pullRequests.reduce(
    (text, { number }) => text.replace(new RegExp(` \\(#${number}\\)$`), ''),
    headlineOf(commit),
  )
  const author = escapeMarkdown(commit.authorLogin ?? commit.authorName, 60)
  return `${id} ${escapeMarkdown(headline, 120)}${pulls === '' ? '' : ` (${pulls})`} — ${author}`
}

/** What a merge commit brought says more than its own words, such as `Merge branch 'x' into 'main'`. */
function headlineOf({ headline, parents, pullRequests: [brought] }: Commit): string {
  return parents.length > 1 && brought !== undefined && brought.title !== '' ? brought.title : headline
}
