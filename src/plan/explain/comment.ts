import { codeSpan, escapeMarkdown, link } from '../../domain/markdown.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { PreviewStanding } from '../previews.ts'

/** Every comment of the bot's on a source pull request holds this; with the author it is what finds it again. */
export const COMMENT_MARKER = '<!-- supercargo:previews:v1 -->'

/** What the one comment says while the pull request has previews. */
export function previewComment(
  standings: readonly PreviewStanding[],
  changeRequestUrl: (app: string) => string | null,
): string {
  const rows = standings.map((standing) => row(standing, changeRequestUrl(standing.app)))
  return [
    COMMENT_MARKER,
    '### Preview',
    ['| app | state | address | commit |', '|---|---|---|---|', ...rows].join('\n'),
    '<sub>It follows every push, and goes when this pull request is closed.</sub>',
  ]
    .join('\n\n')
    .replace(`${COMMENT_MARKER}\n\n`, `${COMMENT_MARKER}\n`)
}

/** What it says when there is none any more. */
export function goneComment({ state }: SourcePullRequest): string {
  const why = state === 'open' ? 'this pull request has none any more' : `this pull request was ${state}`
  return `${COMMENT_MARKER}\n### Preview\n\nThe preview is gone: ${why}.`
}

function row({ app, preview, state, reason }: PreviewStanding, changeRequestUrl: string | null): string {
  const address =
    preview.url === null ? '–' : link(escapeMarkdown(preview.url.replace(/^https?:\/\//, '')), preview.url)
  const where =
    changeRequestUrl === null ? 'the change request' : link('the change request', changeRequestUrl)
  const words = {
    'in-git': 'deployed to Git',
    waiting: `waits for ${where} to be merged`,
    refused: `not possible: ${escapeMarkdown(reason?.message ?? '', 500)}`,
  }[state]
  return `| ${escapeMarkdown(app)} | ${words} | ${address} | ${codeSpan(preview.head.slice(0, 7))} |`
}
