import { html, raw } from 'hono/html'
import type { Oid } from '../../domain/commit.ts'
import type { CommitObject } from '../git/objects.ts'
import { signatureTime } from '../git/objects.ts'
import type { Model } from '../model/model.ts'
import type { Account, CheckRun, IssueComment, PullRequest, Repository } from '../model/types.ts'
import { icon } from './icons.ts'
import { renderMarkdown } from './markdown.ts'
import { type Html, pathTo } from './page-context.ts'

const UNITS: [seconds: number, name: string][] = [
  [31_536_000, 'year'],
  [2_592_000, 'month'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
]

/** `3 minutes ago`, with the exact time behind it. */
export function ago(time: string): Html {
  const seconds = Math.max(0, (Date.now() - Date.parse(time)) / 1000)
  const unit = UNITS.find(([length]) => seconds >= length)
  const count = unit === undefined ? 0 : Math.floor(seconds / unit[0])
  const text = unit === undefined ? 'just now' : `${count} ${unit[1]}${count === 1 ? '' : 's'} ago`
  return html`<time datetime="${time}" title="${time}">${text}</time>`
}

export function avatar(account: Pick<Account, 'login' | 'type'>, size: '' | 'tiny' = ''): Html {
  const kind = account.type === 'Bot' ? 'bot' : ''
  return html`<span class="avatar ${kind} ${size}" aria-hidden="true">${account.login[0] ?? '?'}</span>`
}

/** Login, and a mark on bots. */
export function login(account: Account): Html {
  const name = account.login.replace(/\[bot\]$/, '')
  return html`<b>${name}</b>${account.type === 'Bot' ? html` <span class="tag">bot</span>` : ''}`
}

export function commitLink(model: Model, repository: Repository, oid: Oid): Html {
  return html`<a class="oid" href="${pathTo(model, repository, `/commit/${oid}`)}">${oid.slice(0, 7)}</a>`
}

export function branchLink(model: Model, repository: Repository, branch: string): Html {
  return html`<a class="ref" href="${pathTo(model, repository, `/tree/${branch}`)}">${branch}</a>`
}

/** A row of a list of commits. */
export function commitRow(model: Model, repository: Repository, commit: CommitObject): Html {
  const [headline = ''] = commit.message.split('\n')
  const href = pathTo(model, repository, `/commit/${commit.oid}`)
  return html`<li>
    <span class="grow"><a class="strong" href="${href}">${headline}</a>
      <span class="muted small">${commit.author.name}, ${ago(signatureTime(commit.author))}</span></span>
    ${commitLink(model, repository, commit.oid)}
  </li>`
}

const STATES = {
  open: ['open', 'Open', 'pull'],
  draft: ['', 'Draft', 'pull'],
  merged: ['merged', 'Merged', 'merge'],
  closed: ['closed', 'Closed', 'cross'],
} as const

export function pullState(pull: PullRequest): keyof typeof STATES {
  return pull.state === 'open' && pull.draft ? 'draft' : pull.state
}

export function stateBadge(pull: PullRequest): Html {
  const [kind, text, sign] = STATES[pullState(pull)]
  return html`<span class="state ${kind}">${icon(sign)}${text}</span>`
}

export function stateDot(pull: PullRequest): Html {
  const [kind, text, sign] = STATES[pullState(pull)]
  return html`<span class="dot ${kind}" title="${text}" role="img" aria-label="${text}">${icon(sign)}</span>`
}

export type Verdict = 'good' | 'bad' | 'wait' | 'none'
const SIGNS = { good: '✓', bad: '✕', wait: '●', none: '–' }
const WORDS = { good: 'Passed', bad: 'Failed', wait: 'Waiting', none: 'Neutral' }

export function dot(verdict: Verdict): Html {
  return html`<span class="dot ${verdict}" role="img" aria-label="${WORDS[verdict]}">${SIGNS[verdict]}</span>`
}

export function runVerdict({ status, conclusion }: Pick<CheckRun, 'status' | 'conclusion'>): Verdict {
  if (status !== 'completed' || conclusion === null) return 'wait'
  if (conclusion === 'success') return 'good'
  return conclusion === 'neutral' || conclusion === 'skipped' ? 'none' : 'bad'
}

/** `#1`, `!1`. */
export function numberOf({ flavour }: Model, { number }: Pick<PullRequest, 'number'>): string {
  return `${flavour.words.sign}${number}`
}

/** People's Markdown, made harmless. */
export function markdown(text: string): Html {
  return html`<div class="markdown">${raw(renderMarkdown(text))}</div>`
}

/** One line of Markdown, without a paragraph around it. */
export function markdownLine(line: string): Html {
  return raw(renderMarkdown(line).replace(/^<p>|<\/p>\s*$/g, ''))
}

/** `issuecomment-1`, `note_1`: where a comment is on the page of its pull request. */
export function anchor({ flavour }: Model, { id }: Pick<IssueComment, 'id'>): string {
  return `${flavour.kind === 'gitlab' ? 'note_' : 'issuecomment-'}${id}`
}

/** What somebody wrote, with a head that says who and when. */
export function comment(
  author: Account,
  { createdAt, updatedAt }: Pick<IssueComment, 'createdAt' | 'updatedAt'>,
  text: string,
  verb = 'commented',
): Html {
  const edited = updatedAt === createdAt ? '' : html` · edited ${ago(updatedAt)}`
  return html`<article class="comment">${avatar(author)}<div class="box"><div class="head"><span class="grow">${login(author)} ${verb} ${ago(createdAt)}${edited}</span></div>
      <div class="body">${text.trim() === '' ? html`<em class="muted">No description.</em>` : markdown(text)}</div></div></article>`
}

/** `1 commit`, `2 commits`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
