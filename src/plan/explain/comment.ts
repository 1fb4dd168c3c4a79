import { codeSpan, escapeMarkdown, link } from '../../domain/markdown.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { PreviewStanding } from '../preview-standing.ts'

/** Every comment of the bot's on a source pull request holds this; with the author it is what finds it again. */
export const COMMENT_MARKER = '<!-- supercargo:previews:v1 -->'

export interface PreviewTold extends PreviewStanding {
  /** The change request that the preview waits for. */
  changeRequestUrl: string | null
  /** True when not every reader may know what the manifest repository holds. */
  confidential: boolean
}

/** What the one comment says while the pull request has previews. */
export function previewComment(previews: readonly PreviewTold[], { changeRequest }: Vocabulary): string {
  const rows = previews.map((preview) => row(preview))
  return [
    COMMENT_MARKER,
    '### Preview',
    ['| app | state | address | commit |', '|---|---|---|---|', ...rows].join('\n'),
    `<sub>It follows every push, and goes when this ${changeRequest} is closed.</sub>`,
  ]
    .join('\n\n')
    .replace(`${COMMENT_MARKER}\n\n`, `${COMMENT_MARKER}\n`)
}

/** What it says when there is none any more. */
export function goneComment({ state }: SourcePullRequest, { changeRequest }: Vocabulary): string {
  const why =
    state === 'open' ? `this ${changeRequest} has none any more` : `this ${changeRequest} was ${state}`
  return `${COMMENT_MARKER}\n### Preview\n\nThe preview is gone: ${why}.`
}

function row({ app, preview, state, reason, changeRequestUrl, warning, confidential }: PreviewTold): string {
  const address =
    preview.url === null ? '–' : link(escapeMarkdown(preview.url.replace(/^https?:\/\//, '')), preview.url)
  const where =
    changeRequestUrl === null || confidential
      ? 'the change request'
      : link('the change request', changeRequestUrl)
  const why = confidential ? codeSpan(reason?.code ?? '') : escapeMarkdown(reason?.message ?? '', 500)
  const words = {
    'in-git': warning === null ? 'in Git' : `in Git. ${warning}`,
    'not-ready': why,
    waiting: `waits for ${where} to be merged`,
    refused: `not possible now: ${why}`,
    queued: why,
    expired: why,
  }[state]
  return `| ${escapeMarkdown(app)} | ${words} | ${address} | ${codeSpan(preview.head.slice(0, 7))} |`
}
