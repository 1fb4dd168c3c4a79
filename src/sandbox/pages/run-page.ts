import { html } from 'hono/html'
import { accountById } from '../model/access.ts'
import { Refusal } from '../model/refusal.ts'
import type { CheckAnnotation, CheckRun, Repository } from '../model/types.ts'
import { layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, commitLink, dot, markdown, plural, runVerdict, type Verdict } from './parts.ts'

/** One check run: what it found, and at which lines. */
export function runPage(context: PageContext, repository: Repository, id: number): Html {
  const { model } = context
  const run = model.tables.checkRuns.get(id)
  if (run?.repositoryId !== repository.id) throw new Refusal('not-found', `There is no check run ${id}.`)
  const app = accountById(model, run.appAccountId).login.replace(/\[bot\]$/, '')
  const found = run.annotations.length
  const body = html`<h1 class="title">${run.name}</h1>
<div class="pull-head row">${dot(runVerdict(run))}<b>${run.conclusion ?? run.status}</b>
  <span class="muted">by ${app} on</span> ${commitLink(model, repository, run.headOid)}
  <span class="muted">${ago(run.completedAt ?? run.startedAt)}</span></div>
${
  run.title === null && run.summary === null
    ? ''
    : html`<section class="box"><div class="head strong">${run.title ?? run.name}</div>
  ${run.summary === null ? '' : html`<div class="body">${markdown(run.summary)}</div>`}</section>`
}
${run.text === null ? '' : html`<section class="box"><div class="body">${markdown(run.text)}</div></section>`}
${
  found === 0
    ? ''
    : html`<h2>${plural(found, 'annotation')}</h2>
${run.annotations.map((annotation) => annotationBox(context, repository, run, annotation))}`
}`
  return layout(context, { title: run.name, repository, tab: 'commits', body })
}

const VERDICTS: Record<CheckAnnotation['level'], Verdict> = {
  failure: 'bad',
  warning: 'wait',
  notice: 'none',
}

function annotationBox(
  { model }: PageContext,
  repository: Repository,
  run: CheckRun,
  { path, startLine, startColumn, level, title, message, rawDetails }: CheckAnnotation,
): Html {
  const href = `${pathTo(model, repository, `/blob/${run.headOid}/${path}`)}#L${startLine}`
  const place = `${path}:${startLine}${startColumn === null ? '' : `:${startColumn}`}`
  return html`<section class="box">
  <div class="head">${dot(VERDICTS[level])}<a class="mono" href="${href}">${place}</a><span class="tag">${level}</span></div>
  <div class="body stack">${title === null ? '' : html`<b>${title}</b>`}<pre class="message">${message}</pre>
    ${rawDetails === null ? '' : html`<pre class="clone">${rawDetails}</pre>`}</div>
</section>`
}
