import { Hono } from 'hono'
import { findRepository } from '../model/access.ts'
import type { Model } from '../model/model.ts'

/**
 * The same pages where GitLab has them: `/acme/platform/web/-/merge_requests/1`. Inside they have GitHub's paths,
 * with the owner as one escaped part: `/acme%2Fplatform/web/pull/1`.
 */
export function underOwnPaths(model: Model, pages: Hono): Hono {
  const { mount } = model.flavour
  const inner = new Hono().route(mount, pages)
  const app = new Hono()
  app.all('*', async (context) => {
    const { raw, method } = context.req
    const url = new URL(raw.url)
    url.pathname = `${mount}${innerPath(model, url.pathname.slice(mount.length), url.searchParams)}`
    const body = method === 'GET' || method === 'HEAD' ? undefined : await context.req.text()
    const headers = new Headers(raw.headers)
    return await inner.fetch(new Request(url, { method, headers, ...(body === undefined ? {} : { body }) }))
  })
  return app
}

function innerPath(model: Model, path: string, query: URLSearchParams): string {
  const at = path.indexOf('/-/')
  if (at === 0 || path === '' || path === '/') return path
  const whole = decodeURIComponent((at === -1 ? path : path.slice(0, at)).replace(/^\/groups(?=\/)/, ''))
  const slash = whole.lastIndexOf('/')
  const [owner, name] = [whole.slice(1, slash), whole.slice(slash + 1)]
  if (at === -1 && (owner === '' || findRepository(model, owner, name) === null)) {
    return `/${encodeURIComponent(whole.replace(/^\/|\/$/g, ''))}`
  }
  const branch = query.get('merge_request[source_branch]')
  const rest =
    at === -1
      ? ''
      : path.endsWith('/-/merge_requests/new') && branch !== null
        ? `/compare/${findRepository(model, owner, name)?.defaultBranch}...${encodeURIComponent(branch)}`
        : model.flavour.githubPage(path.slice(at))
  return `/${encodeURIComponent(owner)}/${encodeURIComponent(name)}${rest}`
}
