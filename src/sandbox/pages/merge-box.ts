import { html } from 'hono/html'
import { accountById } from '../model/access.ts'
import { type Mergeability, mergeability } from '../model/mergeability.ts'
import { latestOpinions } from '../model/protection.ts'
import type { PullRequest, Repository } from '../model/types.ts'
import { deleteBranchForm } from './branches-page.ts'
import { checkList, checkSummary } from './checks-view.ts'
import { icon } from './icons.ts'
import { csrfField } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { dot, login, type Verdict } from './parts.ts'

/** Whether the pull request may be merged, in words, with the buttons for what can be done now. */
export async function mergeBox(
  context: PageContext,
  repository: Repository,
  pull: PullRequest,
): Promise<Html> {
  if (pull.state !== 'open') return await endBox(context, repository, pull)
  const judged = await mergeability(context.model, repository, pull)
  const { words } = context.model.flavour
  const { verdict, title, text } = inWords(judged, words.pull)
  const mayMerge = judged.mergeable === 'MERGEABLE' && !pull.draft
  const post = pathTo(context.model, repository, `/pull/${pull.number}`)
  return html`<section class="box merge" aria-label="Merging">
  ${opinions(context, repository, pull)}
  ${checks(context, repository, pull)}
  <div class="verdict">${dot(verdict)}<div><h3>${title}</h3><p>${text}</p></div></div>
  <div class="actions row">
    ${mayMerge ? mergeForm(context, repository, pull, `${post}/merge`) : ''}
    ${pull.draft ? button(context, `${post}/ready`, 'Ready for review') : ''}
    <span class="grow"></span>
    ${pull.authorId === context.you.account.id ? '' : button(context, `${post}/approve`, 'Approve')}
    ${button(context, `${post}/close`, `Close ${words.pull}`, 'danger')}
  </div>
</section>`
}

function inWords(
  { mergeable, state, reason }: Mergeability,
  pull: string,
): {
  verdict: Verdict
  title: string
  text: string
} {
  if (mergeable === 'UNKNOWN') {
    const text = 'Load the page again in a moment.'
    return { verdict: 'wait', title: 'Checking whether the branches can be merged', text }
  }
  if (mergeable === 'CONFLICTING') {
    const title = 'This branch has conflicts that must be resolved'
    return { verdict: 'bad', title, text: 'Both branches have changed the same lines.' }
  }
  if (state === 'DRAFT') {
    return { verdict: 'none', title: `This ${pull} is a draft`, text: 'Drafts cannot be merged.' }
  }
  if (state === 'BLOCKED' || state === 'BEHIND') {
    const text = `${reason ?? ''} As an administrator you may merge anyway, unless the rules hold for you too.`
    return { verdict: 'bad', title: 'Merging is blocked', text }
  }
  const text =
    state === 'UNSTABLE'
      ? 'A check that is not required has not passed.'
      : 'Merging can be performed automatically.'
  const verdict = state === 'UNSTABLE' ? 'wait' : 'good'
  return { verdict, title: 'This branch has no conflicts with the base branch', text }
}

function opinions({ model }: PageContext, repository: Repository, pull: PullRequest): Html {
  const latest = latestOpinions(model, repository, pull)
  if (latest.length === 0) return html``
  const bad = latest.some(({ state }) => state === 'CHANGES_REQUESTED')
  const names = latest.map(
    ({ authorId }, index) => html`${index === 0 ? '' : ', '}${login(accountById(model, authorId))}`,
  )
  return html`<div class="verdict">${dot(bad ? 'bad' : 'good')}<div><h3>${bad ? 'Changes requested' : 'Changes approved'}</h3><p>${names}</p></div></div>`
}

function checks(context: PageContext, repository: Repository, pull: PullRequest): Html {
  const summary = checkSummary(context, repository, pull.headOid)
  const list = checkList(context, repository, pull.headOid)
  if (summary === null || list === null) return html``
  return html`<div class="verdict">${dot(summary.verdict)}<div class="grow"><h3>${summary.text}</h3></div></div>${list}`
}

function mergeForm(context: PageContext, repository: Repository, pull: PullRequest, action: string): Html {
  const { kind, words } = context.model.flavour
  const gitlab = kind === 'gitlab'
  const methods = [
    ['merge', `Merge ${words.pull}`, repository.allowMergeCommit],
    ['ff', `Fast-forward ${words.pull}`, gitlab && !repository.allowMergeCommit],
    ['squash', 'Squash and merge', repository.allowSquashMerge],
    ['rebase', 'Rebase and merge', repository.allowRebaseMerge && !gitlab],
  ] as const
  const buttons = methods
    .filter(([, , allowed]) => allowed)
    .map(
      ([method, text], index) =>
        html`<button class="${index === 0 ? 'primary' : ''}" type="submit" name="method" value="${method}">${text}</button>`,
    )
  return html`<form class="inline" method="post" action="${action}">${csrfField(context)}
    <input type="hidden" name="head" value="${pull.headOid}">${buttons}</form>`
}

function button(context: PageContext, action: string, text: string, kind = ''): Html {
  return html`<form class="inline" method="post" action="${action}">${csrfField(context)}<button class="${kind}" type="submit">${text}</button></form>`
}

async function endBox(context: PageContext, repository: Repository, pull: PullRequest): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  const branch =
    pull.headRepositoryId === repository.id ? await git.ref(`refs/heads/${pull.headBranch}`) : null
  const merged = pull.state === 'merged'
  const reopen = pathTo(model, repository, `/pull/${pull.number}/reopen`)
  return html`<section class="box merge" aria-label="Merging">
  <div class="verdict"><span class="dot ${pull.state}">${icon(merged ? 'merge' : 'cross')}</span>
    <div><h3>${merged ? 'Merged and closed' : 'Closed without merging'}</h3>
    <p>${branch === null ? 'The branch is gone.' : merged ? 'The branch can be deleted.' : 'The branch is still there.'}</p></div></div>
  ${
    branch === null
      ? ''
      : html`<div class="actions row">${merged ? '' : button(context, reopen, `Reopen ${model.flavour.words.pull}`)}
    ${pull.headBranch === repository.defaultBranch ? '' : deleteBranchForm(context, repository, pull.headBranch, 'Delete branch')}</div>`
  }
</section>`
}
