import { html } from 'hono/html'
import type { TreeEntry } from '../git/objects.ts'
import { signatureTime } from '../git/objects.ts'
import { countCommits, entryAt, history } from '../git/walk.ts'
import { rollup } from '../model/checks.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'
import { icon } from './icons.ts'
import { cloneCommand } from './index-page.ts'
import { layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, branchLink, commitLink, commitRow, dot, markdown, plural } from './parts.ts'
import type { Revision } from './revision.ts'
import { splitRevision } from './revision.ts'

/** Lines of larger files are not shown. */
const BYTES = 512_000
const COMMITS = 50

/** The files of a directory at a branch, tag or commit; of the repository's root with its README. */
export async function treePage(context: PageContext, repository: Repository, text: string): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  if ((await git.refs()).size === 0) return emptyPage(context, repository)
  const revision = await splitRevision(model, repository, text || repository.defaultBranch)
  const commit = await git.commit(revision.oid)
  const entry = commit === null ? null : await entryAt(git, commit.tree, revision.path)
  const entries = entry?.type === 'tree' ? await git.tree(entry.oid) : null
  if (commit === null || entries === null) throw new Refusal('not-found', `There is no directory ${text}.`)
  const sorted = [...entries].sort((a, b) => Number(b.type === 'tree') - Number(a.type === 'tree'))
  const count = await countCommits(git, revision.oid)
  const readme = revision.path === '' ? entries.find(({ name }) => /^readme\.md$/i.test(name)) : undefined
  const text_ = readme === undefined ? null : ((await git.blob(readme.oid))?.toString() ?? null)
  const [headline = ''] = commit.message.split('\n')
  const body = html`<div class="row spread">${crumbs(context, repository, revision)}
  <span class="row"><a href="${pathTo(model, repository, `/commits/${revision.name}`)}">${plural(count, 'commit')}</a></span></div>
<p></p>
<section class="box">
  <div class="head">${reported(context, repository, revision.oid)}<span class="grow clip"><b>${commit.author.name}</b> <a class="muted"
    href="${pathTo(model, repository, `/commit/${commit.oid}`)}">${headline}</a></span>
    ${commitLink(model, repository, commit.oid)} <span class="muted small nowrap">${ago(signatureTime(commit.committer))}</span></div>
  <ul class="list">${sorted.map((child) => entryRow(context, repository, revision, child))}</ul>
</section>
${text_ === null ? '' : html`<section class="box"><div class="head strong">README.md</div><div class="body">${markdown(text_)}</div></section>`}
${revision.path === '' ? cloneBox(context, repository) : ''}`
  return layout(context, { title: `${repository.owner}/${repository.name}`, repository, tab: 'code', body })
}

/** One file with numbered lines. */
export async function blobPage(context: PageContext, repository: Repository, text: string): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  const revision = await splitRevision(model, repository, text)
  const commit = await git.commit(revision.oid)
  const entry = commit === null ? null : await entryAt(git, commit.tree, revision.path)
  const bytes = entry?.type === 'blob' ? await git.blob(entry.oid) : null
  if (bytes === null) throw new Refusal('not-found', `There is no file ${text}.`)
  const binary = bytes.subarray(0, 8_000).includes(0)
  const shown = !binary && bytes.length <= BYTES
  const lines = shown ? bytes.toString().replace(/\n$/, '').split('\n') : []
  const row = (line: string, index: number): Html =>
    html`<tr id="L${index + 1}"><td class="line" data-line="${index + 1}"></td><td>${line}</td></tr>`
  const body = html`${crumbs(context, repository, revision)}
<p></p>
<section class="box">
  <div class="head"><span class="grow strong mono">${revision.path}</span>
    <span class="muted small">${shown ? `${plural(lines.length, 'line')} · ` : ''}${plural(bytes.length, 'byte')} · mode ${entry?.mode}</span></div>
  ${
    shown
      ? html`<div class="scroll"><table class="code"><tbody>${lines.map(row)}</tbody></table></div>`
      : html`<div class="body muted">${binary ? 'A binary file.' : 'The file is too large to show.'}</div>`
  }
</section>`
  return layout(context, { title: revision.path, repository, tab: 'code', body })
}

/** The newest commits of a branch, tag or commit. */
export async function commitsPage(context: PageContext, repository: Repository, text: string): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  if ((await git.refs()).size === 0) return emptyPage(context, repository)
  const revision = await splitRevision(model, repository, text || repository.defaultBranch)
  const path = revision.path === '' ? null : revision.path
  const commits = await history(git, revision.oid, { limit: COMMITS, path })
  const body = html`${crumbs(context, repository, revision)}
<p></p>
<section class="box"><ul class="list">${commits.map((commit) => commitRow(model, repository, commit))}</ul></section>
${commits.length === COMMITS ? html`<p class="muted">The newest ${COMMITS} are shown.</p>` : ''}`
  return layout(context, { title: `Commits of ${revision.name}`, repository, tab: 'commits', body })
}

function emptyPage(context: PageContext, repository: Repository): Html {
  const body = html`<h1 class="title">This repository is empty</h1>
<p>Clone it, commit something, and push.</p>${cloneBox(context, repository)}`
  return layout(context, { title: `${repository.owner}/${repository.name}`, repository, tab: 'code', body })
}

function cloneBox({ model }: PageContext, repository: Repository): Html {
  return html`<h2>Clone</h2><pre class="clone">${cloneCommand(model, repository)}</pre>`
}

function crumbs({ model }: PageContext, repository: Repository, revision: Revision): Html {
  const parts = revision.path.split('/').filter((part) => part !== '')
  const link = (part: string, index: number): Html => {
    const path = `/tree/${revision.name}/${parts.slice(0, index + 1).join('/')}`
    const last = index === parts.length - 1
    return html`<span class="slash">/</span>${last ? html`<b>${part}</b>` : html`<a href="${pathTo(model, repository, path)}">${part}</a>`}`
  }
  const root = html`<a href="${pathTo(model, repository, `/tree/${revision.name}`)}">${repository.name}</a>`
  return html`<div class="row">${branchLink(model, repository, revision.name)}${
    parts.length === 0 ? '' : html`<span>${root}${parts.map(link)}</span>`
  }</div>`
}

function entryRow(
  { model }: PageContext,
  repository: Repository,
  revision: Revision,
  entry: TreeEntry,
): Html {
  const path = revision.path === '' ? entry.name : `${revision.path}/${entry.name}`
  const kind = entry.type === 'tree' ? 'tree' : 'blob'
  const link = entry.mode === '120000' ? 'link' : 'file'
  const drawing = icon(entry.type === 'blob' ? link : entry.type === 'tree' ? 'folder' : 'module')
  return html`<li><span class="muted">${drawing}</span><a class="grow"
    href="${pathTo(model, repository, `/${kind}/${revision.name}/${path}`)}">${entry.name}</a>
    ${entry.mode === '100755' ? html`<span class="tag">executable</span>` : ''}${entry.mode === '120000' ? html`<span class="tag">symlink</span>` : ''}</li>`
}

function reported({ model }: PageContext, repository: Repository, oid: string): Html {
  const state = rollup(model, repository, oid)
  if (state === null) return html``
  return dot(state === 'SUCCESS' ? 'good' : state === 'PENDING' ? 'wait' : 'bad')
}
