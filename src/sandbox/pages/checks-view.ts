import { html } from 'hono/html'
import type { Oid } from '../../domain/commit.ts'
import { accountById } from '../model/access.ts'
import { checkRunsOf, latestStatuses } from '../model/checks.ts'
import type { CheckRun, CommitStatus, Repository } from '../model/types.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { dot, runVerdict, type Verdict } from './parts.ts'

/** Check runs and statuses of a commit as a list; null when there are none. */
export function checkList(context: PageContext, repository: Repository, oid: Oid): Html | null {
  const { model } = context
  const runs = checkRunsOf(model, repository, oid)
  const statuses = latestStatuses(model, repository, oid)
  if (runs.length + statuses.length === 0) return null
  return html`<ul class="list">
${runs.map((run) => runRow(context, repository, run))}
${statuses.map(statusRow)}
</ul>`
}

/** What the checks of a commit come to, in words; null when there are none. */
export function checkSummary(
  { model }: PageContext,
  repository: Repository,
  oid: Oid,
): { verdict: Verdict; text: string } | null {
  const verdicts = [
    ...checkRunsOf(model, repository, oid).map(runVerdict),
    ...latestStatuses(model, repository, oid).map(statusVerdict),
  ]
  if (verdicts.length === 0) return null
  if (verdicts.includes('bad')) return { verdict: 'bad', text: 'Some checks were not successful' }
  if (verdicts.includes('wait')) return { verdict: 'wait', text: 'Some checks have not completed yet' }
  return { verdict: 'good', text: 'All checks have passed' }
}

function runRow({ model }: PageContext, repository: Repository, run: CheckRun): Html {
  const app = accountById(model, run.appAccountId).login.replace(/\[bot\]$/, '')
  return html`<li>${dot(runVerdict(run))}<span class="grow"><b>${run.name}</b> <span class="muted">${run.title ?? run.status}</span></span>
    <span class="muted small">${app}</span> <a href="${pathTo(model, repository, `/runs/${run.id}`)}">Details</a></li>`
}

function statusRow(status: CommitStatus): Html {
  const link = /^https?:\/\//.test(status.targetUrl ?? '') ? status.targetUrl : null
  return html`<li>${dot(statusVerdict(status))}<span class="grow"><b>${status.context}</b> <span class="muted">${status.description ?? ''}</span></span>
    ${link === null ? '' : html`<a href="${link}" rel="nofollow noopener noreferrer">Details</a>`}</li>`
}

function statusVerdict({ state }: CommitStatus): Verdict {
  return state === 'success' ? 'good' : state === 'pending' ? 'wait' : 'bad'
}
