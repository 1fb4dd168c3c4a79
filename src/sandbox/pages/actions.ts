import type { Context, Hono } from 'hono'
import { ZERO_OID } from '../../domain/commit.ts'
import { submitReview } from '../model/discussion.ts'
import { type MergeMethod, mergePull } from '../model/merging.ts'
import { openPull, updatePull } from '../model/pulls.ts'
import { changeRefs } from '../model/refs.ts'
import { Refusal } from '../model/refusal.ts'
import type { Repository } from '../model/types.ts'
import { type PageContext, pageRepository, pathTo } from './page-context.ts'
import { pullPage } from './pull-page.ts'
import { say } from './say.ts'
import { statusOf } from './status.ts'

type Form = (name: string) => string

/** What the buttons do, always as `you`; each leads back to a page. The guard has judged the form before. */
export function actionRoutes(app: Hono, page: PageContext): void {
  const { model, you } = page

  /** @param work gives the path of the page that is shown next, or the page */
  const action = (
    path: string,
    work: (repository: Repository, form: Form, context: Context) => Promise<string | Response>,
  ): void => {
    app.post(path, async (context) => {
      const { owner = '', repo = '' } = context.req.param() as Record<string, string>
      const repository = pageRepository(page, owner, repo)
      const body = await context.req.parseBody()
      const form: Form = (name) => (typeof body[name] === 'string' ? body[name].replaceAll('\r\n', '\n') : '')
      const next = await work(repository, form, context)
      if (typeof next !== 'string') return next
      const [path = '', fragment] = next.split('#')
      const address = pathTo(model, repository, path)
      return context.redirect(fragment === undefined ? address : `${address}#${fragment}`, 303)
    })
  }

  const onPull = (
    verb: string,
    work: (repository: Repository, number: number, form: Form) => Promise<unknown> | unknown,
  ): void => {
    action(`/:owner/:repo/pull/:number{[0-9]+}/${verb}`, async (repository, form, context) => {
      const number = Number(context.req.param('number'))
      await work(repository, number, form)
      return `/pull/${number}`
    })
  }

  onPull('merge', (repository, number, form) => {
    const method = form('method')
    if (!isMethod(method)) throw new Refusal('invalid', 'There is no such way to merge.')
    return mergePull(model, repository, you, number, { method, head: form('head') })
  })
  onPull('close', (repository, number) => updatePull(model, repository, you, number, { state: 'closed' }))
  onPull('reopen', (repository, number) => updatePull(model, repository, you, number, { state: 'open' }))
  onPull('ready', (repository, number) => updatePull(model, repository, you, number, { draft: false }))
  action('/:owner/:repo/pull/:number{[0-9]+}/comment', async (repository, form, context) => {
    const number = Number(context.req.param('number'))
    const text = form('body')
    try {
      return `/pull/${number}${await say(page, repository, number, text)}`
    } catch (error) {
      if (!(error instanceof Refusal) || error.code === 'not-found') throw error
      const view = await pullPage(page, repository, number, { text, problem: error.message })
      return context.html(view, statusOf(error))
    }
  })
  onPull('approve', (repository, number) =>
    submitReview(model, repository, you, number, { state: 'APPROVED', body: '' }),
  )
  action('/:owner/:repo/pulls', async (repository, form) => {
    const wish = { title: form('title'), body: form('body'), head: form('head'), base: form('base') }
    const { number } = await openPull(model, repository, you, wish)
    return `/pull/${number}`
  })
  action('/:owner/:repo/branches/delete', async (repository, form) => {
    const wish = { ref: `refs/heads/${form('branch')}`, before: null, after: ZERO_OID }
    await changeRefs(model, repository, you, [wish])
    return '/branches'
  })
}

function isMethod(text: string): text is MergeMethod {
  return ['merge', 'squash', 'rebase', 'ff'].includes(text)
}
