import { html } from 'hono/html'
import { pullsOf } from '../model/pulls.ts'
import type { Repository } from '../model/types.ts'
import { layout } from './layout.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'
import { ago, plural } from './parts.ts'

/** All repositories, or those of one owner, each with the command that clones it. */
export function indexPage(context: PageContext, owner: string | null): Html {
  const { model } = context
  const all = model.tables.repositories.all()
  const below = `${owner?.toLowerCase()}/`
  const shown = all.filter((it) => owner === null || `${it.owner}/`.toLowerCase().startsWith(below))
  const body = html`<h1 class="title">${owner ?? 'Repositories'}</h1>
<p class="muted">A forge of your own, for trying things out: real Git over HTTP, and ${model.flavour.words.forge}’s API and webhooks.
  Clone with any user name; the password is the token that was printed when the sandbox started.</p>
${shown.length === 0 ? html`<p>There is no repository here.</p>` : ''}
${shown.map((repository) => card(context, repository))}`
  return layout(context, { title: owner ?? 'Sandbox', body })
}

function card({ model }: PageContext, repository: Repository): Html {
  const open = pullsOf(model, repository).filter(({ state }) => state === 'open').length
  return html`<section class="box">
  <div class="head"><span class="grow strong"><a href="${pathTo(model, repository)}">${repository.owner}/${repository.name}</a></span>
    <a class="small" href="${pathTo(model, repository, '/pulls')}">${plural(open, `open ${model.flavour.words.pull}`)}</a>
    <span class="muted small">pushed ${ago(repository.pushedAt)}</span></div>
  <div class="body stack">
    ${repository.description === null ? '' : html`<div>${repository.description}</div>`}
    <pre class="clone">${cloneCommand(model, repository)}</pre>
  </div>
</section>`
}

/** `git clone http://localhost:3000/sandbox/github/acme/web.git` */
export function cloneCommand(model: PageContext['model'], repository: Repository): string {
  return `git clone ${model.urls.repository(repository)}.git`
}
