import { html } from 'hono/html'
import { diffFiles } from '../git/diff.ts'
import { signatureTime } from '../git/objects.ts'
import { resolveCommit } from '../git/walk.ts'
import { accountById } from '../model/access.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'
import { checkList } from './checks-view.ts'
import { diffView } from './diff-view.ts'
import { layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, comment, commitLink, plural } from './parts.ts'

/** A commit: its message, who made it, what was reported and said on it, and what it changed. */
export async function commitPage(context: PageContext, repository: Repository, id: string): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  const oid = /^[0-9a-f]{4,40}$/.test(id) ? await resolveCommit(git, id) : null
  const commit = oid === null ? null : await git.commit(oid)
  if (commit === null) throw new Refusal('not-found', `There is no commit ${id}.`)
  const [parent] = commit.parents
  const files = await diffFiles(git, parent ?? null, commit.oid)
  const [headline = '', ...rest] = commit.message.split('\n')
  const text = rest.join('\n').trim()
  const checks = checkList(context, repository, commit.oid)
  const notes = model.tables.commitNotes
    .by(`${repository.id}@${commit.oid}`)
    .map((note) => comment(accountById(model, note.authorId), note, note.body))
  const { author, committer } = commit
  const body = html`<h1 class="title">${headline}</h1>
<section class="box">
  ${text === '' ? '' : html`<div class="body"><pre class="message">${text}</pre></div>`}
  <div class="foot"><span class="grow"><b>${author.name}</b> <span class="muted">authored ${ago(signatureTime(author))}${
    committer.email === author.email ? '' : html`, committed by ${committer.name}`
  }</span></span>
    <span class="muted small">${plural(commit.parents.length, 'parent')} ${commit.parents.map((it) => html` ${commitLink(model, repository, it)}`)}</span>
    <span class="mono small">commit ${commit.oid}</span></div>
</section>
${checks === null ? '' : html`<section class="box"><div class="head strong">Checks</div>${checks}</section>`}
<p><a href="${pathTo(model, repository, `/tree/${commit.oid}`)}">Browse the files at this commit</a></p>
${diffView(files)}
${notes.length === 0 ? '' : html`<section class="section thread">${notes}</section>`}`
  return layout(context, { title: headline, repository, tab: 'commits', body })
}
