import { html } from 'hono/html'
import { signatureTime } from '../git/objects.ts'
import { pullsOf } from '../model/pulls.ts'
import type { PullRequest, Repository } from '../model/types.ts'
import { csrfField, layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, branchLink, commitLink, numberOf, stateDot } from './parts.ts'

/** All branches, with their pull requests, and all tags. */
export async function branchesPage(context: PageContext, repository: Repository): Promise<Html> {
  const { model } = context
  const refs = [...(await model.git(repository).refs()).values()]
  const heads = refs.filter(({ name }) => name.startsWith('refs/heads/'))
  const tags = refs.filter(({ name }) => name.startsWith('refs/tags/')).reverse()
  const rows = await Promise.all(
    heads.map(({ name, oid }) => branchRow(context, repository, name.slice('refs/heads/'.length), oid)),
  )
  const tagRows = tags.map(
    ({
      name,
      commit,
    }) => html`<li><span class="grow">${branchLink(model, repository, name.slice('refs/tags/'.length))}</span>
    ${commitLink(model, repository, commit)}</li>`,
  )
  const body = html`<h2>Branches</h2>
<section class="box"><ul class="list">${rows}</ul></section>
<h2>Tags</h2>
${tags.length === 0 ? html`<p class="muted">There is no tag yet.</p>` : html`<section class="box"><ul class="list">${tagRows}</ul></section>`}`
  return layout(context, { title: 'Branches and tags', repository, tab: 'branches', body })
}

async function branchRow(
  context: PageContext,
  repository: Repository,
  branch: string,
  oid: string,
): Promise<Html> {
  const { model } = context
  const commit = await model.git(repository).commit(oid)
  const pull = pullsOf(model, repository).findLast((it) => it.headBranch === branch)
  const isDefault = branch === repository.defaultBranch
  return html`<li><span class="grow">${branchLink(model, repository, branch)} ${isDefault ? html`<span class="tag">default</span>` : ''}</span>
    ${commit === null ? '' : html`<span class="muted small">${ago(signatureTime(commit.committer))}</span>`}
    ${commitLink(model, repository, oid)}
    ${isDefault ? '' : branchActions(context, repository, branch, pull)}</li>`
}

function branchActions(
  context: PageContext,
  repository: Repository,
  branch: string,
  pull: PullRequest | undefined,
): Html {
  const { model } = context
  const compare = pathTo(model, repository, `/compare/${repository.defaultBranch}...${branch}`)
  const link =
    pull === undefined
      ? html`<a class="button" href="${compare}">New ${model.flavour.words.pull}</a>`
      : html`<a class="row" href="${pathTo(model, repository, `/pull/${pull.number}`)}">${stateDot(pull)} ${numberOf(model, pull)}</a>`
  return html`${link} ${deleteBranchForm(context, repository, branch, 'Delete')}`
}

/** A button that deletes a branch. */
export function deleteBranchForm(
  context: PageContext,
  repository: Repository,
  branch: string,
  text: string,
): Html {
  const action = pathTo(context.model, repository, '/branches/delete')
  return html`<form class="inline" method="post" action="${action}">${csrfField(context)}
    <input type="hidden" name="branch" value="${branch}"><button class="danger" type="submit">${text}</button></form>`
}
