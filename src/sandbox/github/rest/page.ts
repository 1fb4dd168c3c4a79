import { ApiError, type Reply } from './reply.ts'
import type { RestRequest } from './router.ts'

export interface Page {
  /** From 1. */
  page: number
  perPage: number
  skip: number
}

/** `?page=&per_page=`, 30 at first and 100 at most. */
export function readPage(request: RestRequest, defaultSize = 30, largest = 100): Page {
  const number = (name: string, otherwise: number): number => {
    const value = Number.parseInt(request.query(name) ?? '', 10)
    return Number.isInteger(value) && value > 0 ? value : otherwise
  }
  const page = number('page', 1)
  const perPage = Math.min(number('per_page', defaultSize), largest)
  const skip = (page - 1) * perPage
  const { cutListingsAt } = request.model.faults
  if (cutListingsAt !== null && skip >= cutListingsAt && skip > 0) throw new ApiError(502, 'Server Error')
  return { page, perPage, skip }
}

/** One page of a list that is all there, with its `Link` header. */
export function paginate<T>(
  request: RestRequest,
  items: readonly T[],
  shape: (item: T) => unknown,
  wrap: (page: unknown[]) => unknown = (page) => page,
): Reply {
  const page = readPage(request)
  const shown = items.slice(page.skip, page.skip + page.perPage).map(shape)
  return { status: 200, body: wrap(shown), headers: links(request, page, items.length) }
}

/** The `Link` header of RFC 8288, as GitHub writes it; none when everything is on one page. */
export function links(request: RestRequest, { page, perPage }: Page, total: number): Record<string, string> {
  const last = Math.max(1, Math.ceil(total / perPage))
  const to = (target: number, rel: string): string => {
    const url = new URL(request.url)
    url.searchParams.set('page', String(target))
    const path = url.pathname.slice(url.pathname.indexOf('/api/v3') + '/api/v3'.length)
    return `<${request.model.urls.api(path)}${url.search}>; rel="${rel}"`
  }
  const parts = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(page < last ? [to(page + 1, 'next'), to(last, 'last')] : []),
    ...(page > 1 ? [to(1, 'first')] : []),
  ]
  return parts.length === 0 ? {} : { link: parts.join(', ') }
}
