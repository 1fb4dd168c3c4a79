import { html } from 'hono/html'
import type { CommitObject } from '../git/objects.ts'
import { signatureTime } from '../git/objects.ts'
import { accountById } from '../model/access.ts'
import { commentsOf, reviewsOf } from '../model/discussion.ts'
import { pullCommits, pullFiles } from '../model/pull-content.ts'
import { findPull, headRepository } from '../model/pulls.ts'
import { Refusal } from '../model/refusal.ts'
import type { Account, IssueComment, PullRequest, Repository, Review } from '../model/types.ts'
import { commentForm, type RefusedComment } from './comment-form.ts'
import { diffView, sizes } from './diff-view.ts'
import { layout } from './layout.ts'
import { mergeBox } from './merge-box.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import {
  ago,
  anchor,
  avatar,
  branchLink,
  comment,
  commitLink,
  login,
  markdown,
  markdownLine,
  numberOf,
  plural,
  stateBadge,
} from './parts.ts'

/** A pull request: what it says, what it changes, whether it may be merged, and the buttons for it. */
export async function pullPage(
  context: PageContext,
  repository: Repository,
  number: number,
  refused: RefusedComment | null = null,
): Promise<Html> {
  const { model } = context
  const pull = findPull(model, repository, number)
  if (pull === null) throw new Refusal('not-found', `There is no ${model.flavour.words.pull} ${number}.`)
  const [commits, files] = await Promise.all([
    pullCommits(model, repository, pull),
    pullFiles(model, repository, pull),
  ])
  const author = accountById(model, pull.authorId)
  const opened = { createdAt: pull.createdAt, updatedAt: pull.createdAt }
  const comments = commentsOf(model, repository, number).map((it) => ({
    time: it.createdAt,
    view:
      it.system === true
        ? systemEvent(context, it)
        : html`<div id="${anchor(model, it)}">${comment(accountById(model, it.authorId), it, it.body)}</div>`,
  }))
  const reviews = reviewsOf(model, repository, number).map((it) => ({
    time: it.submittedAt,
    view: reviewEvent(context, it),
  }))
  const discussion = [...comments, ...reviews].sort((a, b) =>
    a.time < b.time ? -1 : a.time > b.time ? 1 : 0,
  )
  const body = html`${heading(context, repository, pull, author, commits, files)}
<div class="thread">
${comment(author, opened, pull.body ?? '', 'opened this')}
${commits.map((commit) => commitEvent(context, repository, commit))}
${discussion.map(({ view }) => view)}
${endEvent(context, repository, pull)}
<div class="comment"><span></span>${await mergeBox(context, repository, pull)}</div>
${commentForm(context, repository, pull, refused)}
</div>
<section class="section" id="files"><h2>Files changed</h2>${diffView(files)}</section>`
  return layout(context, {
    title: `${pull.title} · ${numberOf(model, pull)}`,
    repository,
    tab: 'pulls',
    body,
  })
}

function heading(
  { model }: PageContext,
  repository: Repository,
  pull: PullRequest,
  author: Account,
  commits: readonly CommitObject[],
  files: Awaited<ReturnType<typeof pullFiles>>,
): Html {
  const source = headRepository(model, pull)
  const fork = source?.id === repository.id ? '' : html`<span class="muted">${pull.headOwner}:</span>`
  const wants =
    pull.state === 'merged'
      ? html`merged ${plural(commits.length, 'commit')} into`
      : html`wants to merge ${plural(commits.length, 'commit')} into`
  const who = pull.state === 'merged' ? accountById(model, pull.mergedById ?? pull.authorId) : author
  return html`<div class="pull-head"><h1 class="title">${pull.title} <span class="number">${numberOf(model, pull)}</span></h1>
  <div class="row">${stateBadge(pull)}<span class="muted">${login(who)} ${wants}</span>
    ${branchLink(model, repository, pull.baseBranch)} <span class="muted">from</span> ${fork}${branchLink(model, source ?? repository, pull.headBranch)}
    <span class="grow"></span><a href="#files">${plural(files.length, 'file')} changed</a> ${sizes(files)}</div></div>`
}

function commitEvent({ model }: PageContext, repository: Repository, commit: CommitObject): Html {
  const [headline = ''] = commit.message.split('\n')
  return html`<div class="event"><span class="point"></span><span class="grow clip"><a
    href="${pathTo(model, repository, `/commit/${commit.oid}`)}">${headline}</a> <span class="small">${commit.author.name}, ${ago(signatureTime(commit.author))}</span></span>
    ${commitLink(model, repository, commit.oid)}</div>`
}

function systemEvent({ model }: PageContext, note: IssueComment): Html {
  const [text = ''] = note.body.split('\n')
  return html`<div class="event"><span class="point"></span><span>${login(accountById(model, note.authorId))} ${markdownLine(text)} ${ago(note.createdAt)}</span></div>`
}

function reviewEvent({ model }: PageContext, review: Review): Html {
  const verbs = {
    APPROVED: 'approved these changes',
    CHANGES_REQUESTED: 'requested changes',
    COMMENTED: 'reviewed',
    DISMISSED: 'had approved, before the branch changed',
  }
  const account = accountById(model, review.authorId)
  return html`<div class="event">${avatar(account, 'tiny')}<span>${login(account)} ${verbs[review.state]} ${ago(review.submittedAt)}</span></div>
    ${review.body.trim() === '' ? '' : html`<div class="comment"><span></span><div class="box"><div class="body">${markdown(review.body)}</div></div></div>`}`
}

function endEvent({ model }: PageContext, repository: Repository, pull: PullRequest): Html {
  if (pull.state === 'open' || pull.closedAt === null) return html``
  const id = pull.state === 'merged' ? pull.mergedById : pull.closedById
  const who = id === null ? html`<b>A push</b>` : login(accountById(model, id))
  const commit =
    pull.mergeCommitOid === null
      ? ''
      : html`commit ${commitLink(model, repository, pull.mergeCommitOid)} into`
  const what =
    pull.state === 'merged'
      ? html`merged ${commit} ${branchLink(model, repository, pull.baseBranch)}`
      : html`closed this`
  return html`<div class="event"><span class="point ${pull.state}"></span><span>${who} ${what} ${ago(pull.closedAt)}</span></div>`
}
