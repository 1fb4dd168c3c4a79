import { html } from 'hono/html'
import { pullsOf } from '../model/pulls.ts'
import type { Repository } from '../model/types.ts'
import { icon } from './icons.ts'
import { type Html, type PageContext, pathTo } from './page-context.ts'

export type Tab = 'code' | 'commits' | 'branches' | 'pulls'

/** A whole page. `repository` and `tab` make its head. */
export function layout(
  { model }: PageContext,
  page: { title: string; repository?: Repository; tab?: Tab; body: Html },
): Html {
  const { title, repository, tab, body } = page
  const home = new URL(model.urls.html()).pathname
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="${home}/-/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<header class="top">
  <a class="home" href="${home}">${icon('ship')} Sandbox</a>
  ${repository === undefined ? '' : repositoryPath(home, model, repository)}
  <span class="who">signed in as <b>${model.you.login}</b></span>
</header>
${repository === undefined ? '' : tabs(model, repository, tab)}
<main>
${body}
</main>
</body>
</html>`
}

function repositoryPath(home: string, model: PageContext['model'], repository: Repository): Html {
  const { owner, name } = repository
  return html`<span class="path"><span class="slash">/</span><a href="${home}/${owner}">${owner}</a><span class="slash">/</span><b><a
    href="${pathTo(model, repository)}">${name}</a></b></span>
  ${repository.private ? html`<span class="tag">private</span>` : ''}
  ${repository.archived ? html`<span class="tag">archived</span>` : ''}`
}

function tabs(model: PageContext['model'], repository: Repository, current: Tab | undefined): Html {
  const open = pullsOf(model, repository).filter(({ state }) => state === 'open').length
  const tab = (id: Tab, path: string, text: string, count: number | null = null): Html =>
    html`<a href="${pathTo(model, repository, path)}" ${id === current ? html`aria-current="page"` : ''}>${text}${
      count === null ? '' : html` <span class="count">${count}</span>`
    }</a>`
  return html`<nav class="tabs" aria-label="Repository">
  ${tab('code', '', 'Code')}
  ${tab('pulls', '/pulls', `${capital(model.flavour.words.pull)}s`, open)}
  ${tab('commits', '/commits', 'Commits')}
  ${tab('branches', '/branches', 'Branches and tags')}
</nav>`
}

/** With a capital letter: `Pull request`. */
export function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}

/** The hidden field that every form needs. */
export function csrfField({ csrf }: PageContext): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`
}
