import { createHash } from 'node:crypto'
import { NAMESPACE } from '../../command/read-comment.ts'
import { codeSpan, escapeMarkdown, fitting, link } from '../../domain/markdown.ts'
import { minute } from '../../domain/minute.ts'
import type { Vocabulary } from '../../domain/vocabulary.ts'
import type { SourcePullRequest } from '../../forge/forge.ts'
import type { Preview } from '../previews/set.ts'
import type { PreviewStanding } from '../previews/standing.ts'
import { type CommentMemory, type RowMemory, writeMemory } from './comment-memory.ts'

/** Every comment of the bot's on a source pull request holds this; with the author it is what finds it again. */
export const COMMENT_MARKER = '<!-- supercargo:previews:v1 -->'

/** GitHub takes 65,536 characters; the words around the table are a few hundred. */
const LONGEST = 65_000

export interface PreviewTold extends PreviewStanding {
  /** The change request that the preview waits for. */
  changeRequestUrl: string | null
  /** True when not every reader may know what the manifest repository holds. */
  confidential: boolean
}

/** What the text depends on besides the previews. */
interface Known {
  /** What the comment that is there remembers. */
  before: CommentMemory
  /** By app: what the forge shows as deployed. */
  shown: Readonly<Record<string, string | null>>
  /** By app: what the head of the pull request says. */
  statuses: Readonly<Record<string, string | null>>
  now: Date
}

export interface CommentText {
  body: string
  /** There is for the first time something to look at, or this commit's failure was not told yet. */
  news: boolean
}

/**
 * What the one comment says while the pull request has previews. It is the same text as long as nothing changes: a row
 * keeps the time at which it began to say what it says.
 */
export function previewComment(
  previews: readonly PreviewTold[],
  { changeRequest }: Vocabulary,
  { before, shown, statuses, now }: Known,
): CommentText {
  const expires = previews.some(({ preview: { said, expires } }) => expires !== null || said?.pinned != null)
  const rows = previews.map((preview) => {
    const said = before[preview.app]
    const cells = cellsOf(preview, expires, said?.ready === true)
    const memory = {
      ...remember(preview, cells, said, now),
      shown: shown[preview.app] ?? null,
      ...statusOf(statuses[preview.app] ?? null),
    }
    const news = memory.ready !== (said?.ready ?? false) || memory.failed !== (said?.failed ?? null)
    return { app: preview.app, cells: [...cells, minute(new Date(memory.at))], memory, news }
  })
  const titles = ['app', 'state', 'URL', 'commit', ...(expires ? ['expires'] : []), 'updated']
  const table = [
    `| ${titles.join(' | ')} |`,
    `|${titles.map(() => '---|').join('')}`,
    ...rows.map(({ cells }) => `| ${cells.join(' | ')} |`),
  ]
  const ofFork = previews.some(({ preview }) => preview.pullRequest?.fork === true)
  const help = [
    `${ofFork ? 'It shows one commit, and no push' : 'It follows every push'}, and goes when this ${changeRequest} is closed.`,
    `To change that, see \`previews\` in the Supercargo configuration of this repository.`,
  ]
  const asks = previews.find(({ preview }) => preview.said !== null)
  const memory = writeMemory(Object.fromEntries(rows.map((row) => [row.app, row.memory])))
  return {
    body: [
      `${COMMENT_MARKER}\n${memory}`,
      '### Preview',
      fitting(table.join('\n'), LONGEST - memory.length),
      `<sub>${[...(asks === undefined ? [] : [commands(asks.preview, expires)]), ...help].join(' ')}</sub>`,
    ].join('\n\n'),
    news: rows.some(({ news }) => news),
  }
}

/** Most comments remember no status, and say nothing of one. */
function statusOf(status: string | null): Pick<RowMemory, 'status'> {
  return status === null ? {} : { status }
}

/** What people with write access may ask for; of a fork, the commit that they approve is named. */
function commands(preview: Preview, expires: boolean): string {
  const words = [upOf(preview), ...(expires ? ['extend 2d', 'pin'] : preview.asleep ? ['pin'] : []), 'down']
  return `Comment ${words.map(command).join(', ')}.`
}

function upOf({ pullRequest, head }: Preview): string {
  return pullRequest?.fork === true ? `up ${head}` : 'up'
}

function command(word: string): string {
  return codeSpan(`/${NAMESPACE} preview ${word}`)
}

/** What it says when there is none any more. */
export function goneComment({ state }: SourcePullRequest, { changeRequest }: Vocabulary): string {
  const why =
    state === 'open' ? `this ${changeRequest} has none any more` : `this ${changeRequest} was ${state}`
  return `${COMMENT_MARKER}\n### Preview\n\nThe preview was removed: ${why}.`
}

function remember(
  { state, preview, page }: PreviewTold,
  cells: readonly string[],
  said: RowMemory | undefined,
  now: Date,
): Omit<RowMemory, 'shown' | 'status'> {
  const row = createHash('sha256').update(cells.join('|')).digest('hex').slice(0, 16)
  return {
    row,
    at: said?.row === row ? said.at : `${now.toISOString().slice(0, 16)}:00Z`,
    ready: state === 'in-git' || state === 'ready' || said?.ready === true,
    failed: state === 'refused' || state === 'silent' ? preview.head : (said?.failed ?? null),
    page: page ?? null,
  }
}

/** @param seen people were told once that there is something to look at */
function cellsOf(told: PreviewTold, expires: boolean, seen: boolean): string[] {
  const { app, preview, state } = told
  const away = state === 'down' || state === 'withdrawn'
  const url = away || state === 'expired' ? null : preview.url
  const address = url === null ? '–' : link(escapeMarkdown(url.replace(/^https?:\/\//, '')), url)
  const cells = [escapeMarkdown(app), stateInWords(told, seen), address, codeSpan(preview.head.slice(0, 7))]
  return expires ? [...cells, away ? '–' : endInWords(preview)] : cells
}

function endInWords({ said, expires }: Preview): string {
  if (said !== null && said.pinned !== null) return `pinned by ${escapeMarkdown(said.pinned.by)}`
  if (expires === null) return '–'
  const by = expires.extendedBy === null ? '' : `, extended by ${escapeMarkdown(expires.extendedBy)}`
  return `${minute(expires.at)}${by}`
}

function stateInWords(
  { state, preview, reason, warning, changeRequestUrl, confidential }: PreviewTold,
  seen: boolean,
): string {
  const warned = warning === null ? '' : `. **${warning}**`
  const why = confidential ? codeSpan(reason?.code ?? '') : escapeMarkdown(reason?.message ?? '', 500)
  switch (state) {
    case 'in-git':
      return `deployed to Git${reason === null ? '' : `: ${why}`}${warned}`
    case 'deploying':
      return `${seen ? 'updating' : 'deploying'}: it is in Git, and does not answer yet${warned}`
    case 'ready':
      return `ready${warned}`
    case 'silent':
      return `not answering: ${why}${warned}`
    case 'sleeping':
      return `sleeping: a push or ${command(upOf(preview))} wakes it${warned}`
    case 'not-ready':
      return `${reason?.code === 'waits-for-image' ? 'waiting for the image' : 'waiting'}: ${why}`
    case 'waiting': {
      const hidden = changeRequestUrl === null || confidential
      const where = hidden ? 'the change request' : link('the change request', changeRequestUrl)
      return `waiting for review: ${where} must be merged`
    }
    case 'queued':
      return `waiting for a place: ${why}`
    case 'expired':
      return `removed: ${why}`
    case 'refused':
      return `refused: ${why}`
    case 'down':
    case 'withdrawn':
      // nothing of the manifests is in these
      return `removed: ${escapeMarkdown(reason?.message ?? '', 500)}`
  }
}
