import { html } from 'hono/html'
import { diffFiles } from '../git/diff.ts'
import { history, mergeBase, resolveCommit } from '../git/walk.ts'
import { pullsOf } from '../model/pulls.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'
import { diffView } from './diff-view.ts'
import { csrfField, layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { branchLink, commitRow, numberOf, plural } from './parts.ts'

/** Which branches could become pull requests. */
export async function compareIndexPage(context: PageContext, repository: Repository): Promise<Html> {
  const { model } = context
  const { pull } = model.flavour.words
  const branches = await branchNames(context, repository)
  const others = branches.filter((branch) => branch !== repository.defaultBranch)
  const row = (branch: string): Html => {
    const path = `/compare/${repository.defaultBranch}...${branch}`
    return html`<li><span class="grow">${branchLink(model, repository, branch)}</span>
      <a class="button" href="${pathTo(model, repository, path)}">Compare</a></li>`
  }
  const body = html`<h1 class="title">New ${pull}</h1>
<p class="muted">Choose the branch to merge into ${branchLink(model, repository, repository.defaultBranch)}.</p>
${others.length === 0 ? html`<p>There is no other branch: push one first.</p>` : html`<section class="box"><ul class="list">${others.map(row)}</ul></section>`}`
  return layout(context, { title: `New ${pull}`, repository, tab: 'pulls', body })
}

/** What one commit or branch has that another has not; of two branches with the form that opens a pull request. */
export async function comparePage(
  context: PageContext,
  repository: Repository,
  range: string,
): Promise<Html> {
  const { model } = context
  const git = model.git(repository)
  const [base = '', head = ''] = range.split(/\.{2,3}/)
  const [from, to] = await Promise.all([resolveCommit(git, base), resolveCommit(git, head)])
  if (from === null || to === null) throw new Refusal('not-found', `There is nothing to compare: ${range}.`)
  const commits = await history(git, to, { limit: 250, not: [from], reverse: true })
  const files = await diffFiles(git, (await mergeBase(git, from, to)) ?? from, to)
  const branches = await branchNames(context, repository)
  const openable = branches.includes(base) && branches.includes(head) && commits.length > 0
  const body = html`<h1 class="title">Compare</h1>
<p class="row"><a class="ref" href="${pathTo(model, repository, `/tree/${base}`)}">${base}</a> ← <a class="ref"
  href="${pathTo(model, repository, `/tree/${head}`)}">${head}</a></p>
${openable ? openForm(context, repository, base, head, commits.at(-1)?.message ?? head) : ''}
<h2>${plural(commits.length, 'commit')}</h2>
${commits.length === 0 ? html`<p class="muted">${base} holds everything that ${head} has.</p>` : html`<section class="box"><ul class="list">${commits.map((commit) => commitRow(model, repository, commit))}</ul></section>`}
${commits.length === 0 ? '' : diffView(files)}`
  return layout(context, { title: `${base}...${head}`, repository, tab: 'pulls', body })
}

function openForm(
  context: PageContext,
  repository: Repository,
  base: string,
  head: string,
  message: string,
): Html {
  const { model } = context
  const { words } = model.flavour
  const open = pullsOf(model, repository).find(
    (pull) => pull.state === 'open' && pull.headBranch === head && pull.baseBranch === base,
  )
  if (open !== undefined) {
    const href = pathTo(model, repository, `/pull/${open.number}`)
    return html`<p class="notice">There is an open ${words.pull} for this branch: <a href="${href}">${numberOf(model, open)} ${open.title}</a>.</p>`
  }
  const [title = '', ...rest] = message.split('\n')
  return html`<section class="box"><div class="head strong">Open a ${words.pull}</div>
<form class="body stack" method="post" action="${pathTo(model, repository, '/pulls')}">${csrfField(context)}
  <input type="hidden" name="base" value="${base}"><input type="hidden" name="head" value="${head}">
  <div><label for="title">Title</label><input type="text" id="title" name="title" required value="${title}"></div>
  <div><label for="body">Description</label><textarea id="body" name="body">${rest.join('\n').trim()}</textarea></div>
  <div><button class="primary" type="submit">Create ${words.pull}</button></div>
</form></section>`
}

async function branchNames({ model }: PageContext, repository: Repository): Promise<string[]> {
  const refs = await model.git(repository).refs()
  return [...refs.keys()]
    .filter((name) => name.startsWith('refs/heads/'))
    .map((name) => name.slice('refs/heads/'.length))
}
