import { html } from 'hono/html'
import { accountById } from '../model/access.ts'
import { commentsOf } from '../model/discussion.ts'
import { pullsOf } from '../model/pulls.ts'
import type { PullRequest, Repository } from '../model/types.ts'
import { checkSummary } from './checks-view.ts'
import { capital, layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, dot, numberOf, plural, stateDot } from './parts.ts'

/** The open pull requests, or the closed ones, newest first. */
export function pullsPage(context: PageContext, repository: Repository, closed: boolean): Html {
  const { model } = context
  const word = model.flavour.words.pull
  const all = pullsOf(model, repository).reverse()
  const shown = all.filter(({ state }) => (state !== 'open') === closed)
  const open = all.filter(({ state }) => state === 'open').length
  const link = (text: string, query: string, current: boolean): Html =>
    html`<a href="${pathTo(model, repository, '/pulls')}${query}" ${current ? html`class="strong" aria-current="page"` : html`class="muted"`}>${text}</a>`
  const body = html`<section class="box">
  <div class="head"><span class="grow row">${link(`${open} open`, '', !closed)} ${link(`${all.length - open} closed`, '?state=closed', closed)}</span>
    <a class="button primary" href="${pathTo(model, repository, '/compare')}">New ${word}</a></div>
  ${
    shown.length === 0
      ? html`<div class="body muted">There is no ${closed ? 'closed' : 'open'} ${word}.</div>`
      : html`<ul class="list">${shown.map((pull) => row(context, repository, pull))}</ul>`
  }
</section>`
  return layout(context, { title: `${capital(word)}s`, repository, tab: 'pulls', body })
}

function row(context: PageContext, repository: Repository, pull: PullRequest): Html {
  const { model } = context
  const author = accountById(model, pull.authorId)
  const comments = commentsOf(model, repository, pull.number).length
  const checks = checkSummary(context, repository, pull.headOid)
  return html`<li>${stateDot(pull)}<span class="grow"><a class="strong" href="${pathTo(model, repository, `/pull/${pull.number}`)}">${pull.title}</a>
    ${checks === null ? '' : dot(checks.verdict)}
    <div class="muted small">${numberOf(model, pull)} opened ${ago(pull.createdAt)} by ${author.login} · <span class="mono">${pull.headBranch}</span></div></span>
    ${comments === 0 ? '' : html`<span class="muted small">${plural(comments, 'comment')}</span>`}</li>`
}
