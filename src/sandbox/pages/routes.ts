import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { html } from 'hono/html'
import type { Auth } from '../auth.ts'
import { createComment } from '../model/discussion.ts'
import type { Model } from '../model/model.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'
import { actionRoutes } from './actions.ts'
import { branchesPage } from './branches-page.ts'
import { blobPage, commitsPage, treePage } from './code-pages.ts'
import { commitPage } from './commit-page.ts'
import { compareIndexPage, comparePage } from './compare-page.ts'
import { guard } from './guard.ts'
import { indexPage } from './index-page.ts'
import { layout } from './layout.ts'
import { underOwnPaths } from './own-paths.ts'
import { type Html, type PageContext, pageRepository, pathTo, type WriteComment } from './page-context.ts'
import { pullPage } from './pull-page.ts'
import { pullsPage } from './pulls-page.ts'
import { runPage } from './run-page.ts'
import { statusOf } from './status.ts'

export interface PagesOptions {
  model: Model
  auth: Auth
  /** True when the server listens on this machine only; else the pages ask for a token. */
  loopback: boolean
  comment?: WriteComment
}

/** What the longest comment takes in a form, in bytes: a character takes up to nine. The rest is for the other fields. */
const formLimit = ({ flavour }: Model): number => 9 * flavour.longestComment + 64 * 1024

/** The pages for people: to be mounted at the root of the forge, behind the API and git. */
export function pagesRoutes(options: PagesOptions): Hono {
  const app = allPages(options)
  return options.model.flavour.nested ? underOwnPaths(options.model, app) : app
}

function allPages({ model, auth, loopback, comment }: PagesOptions): Hono {
  const csrf = randomBytes(24).toString('base64url')
  const page: PageContext = {
    model,
    you: { kind: 'person', account: model.you },
    csrf,
    comment: comment ?? ((...args) => createComment(model, ...args)),
  }
  const app = new Hono()
  app.use(bodyLimit({ maxSize: formLimit(model), onError: tooLong }))
  app.use(guard({ model, auth, loopback, csrf }))
  app.onError((error, context) => problem(page, context, error))

  const style = readFileSync(new URL('./style.css', import.meta.url))
  app.get('/-/style.css', (context) =>
    context.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }),
  )
  app.get('/', (context) => context.html(indexPage(page, null)))
  app.get('/:owner', (context) => context.html(indexPage(page, context.req.param('owner'))))

  const show = (
    path: string,
    view: (repository: Repository, rest: string, context: Context) => Html | Promise<Html>,
  ): void => {
    app.get(`/:owner/:repo${path}`, async (context) => {
      const { owner = '', repo = '', rest = '' } = context.req.param() as Record<string, string>
      return context.html(await view(pageRepository(page, owner, repo), rest, context))
    })
  }
  show('', (repository) => treePage(page, repository, ''))
  show('/tree/:rest{.+}', (repository, rest) => treePage(page, repository, rest))
  show('/blob/:rest{.+}', (repository, rest) => blobPage(page, repository, rest))
  show('/commits', (repository) => commitsPage(page, repository, ''))
  show('/commits/:rest{.+}', (repository, rest) => commitsPage(page, repository, rest))
  show('/commit/:rest', (repository, rest) => commitPage(page, repository, rest))
  show('/branches', (repository) => branchesPage(page, repository))
  show('/tags', (repository) => branchesPage(page, repository))
  show('/pulls', (repository, _, context) =>
    pullsPage(page, repository, context.req.query('state') === 'closed'),
  )
  show('/compare', (repository) => compareIndexPage(page, repository))
  show('/compare/:rest{.+}', (repository, rest) => comparePage(page, repository, rest))
  show('/pull/:rest{[0-9]+}', (repository, rest) => pullPage(page, repository, Number(rest)))
  show('/pull/:rest{[0-9]+}/:part{files|commits|checks}', (repository, rest) =>
    pullPage(page, repository, Number(rest)),
  )
  show('/runs/:rest{[0-9]+}', (repository, rest) => runPage(page, repository, Number(rest)))
  app.get('/:owner/:repo/releases/tag/:rest{.+}', (context) => {
    const { owner, repo, rest } = context.req.param()
    return context.redirect(pathTo(model, pageRepository(page, owner, repo), `/tree/${rest}`))
  })
  actionRoutes(app, page)
  app.get('*', (context) => {
    const { path } = context.req
    if (path.endsWith('/')) return context.redirect(path.replace(/\/+$/, ''))
    return problem(page, context, new Refusal('not-found', 'There is no such page.'))
  })
  return app
}

function tooLong(context: Context): Response {
  return context.text('The form is longer than the longest comment can be. Nothing was written.', 413)
}

function problem(page: PageContext, context: Context, error: unknown): Response | Promise<Response> {
  if (!(error instanceof Refusal)) throw error
  const title = error.code === 'not-found' ? 'Not found' : 'That was not possible'
  const back = context.req.header('referer')
  const body = html`<h1 class="title">${title}</h1><p class="notice bad">${error.message}</p>
${back?.startsWith(page.model.urls.html()) ? html`<p><a class="button" href="${back}">Back</a></p>` : ''}`
  return context.html(layout(page, { title, body }), statusOf(error))
}
