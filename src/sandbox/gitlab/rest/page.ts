import { optionalChoice, optionalInteger, optionalText } from './input.ts'
import { badParameter, type Reply, refuse } from './reply.ts'
import type { RestRequest } from './router.ts'

export interface Page {
  /** From 1. */
  page: number
  perPage: number
  skip: number
}

/** `?page=&per_page=`, 20 at first and 100 at most. https://docs.gitlab.com/api/rest/#offset-based-pagination */
export function readPage(request: RestRequest): Page {
  const page = optionalInteger(request.params, 'page') ?? 1
  const perPage = Math.min(optionalInteger(request.params, 'per_page') ?? 20, 100)
  if (page < 1) throw badParameter('page does not have a valid value')
  if (perPage < 1) throw badParameter('per_page does not have a valid value')
  const skip = (page - 1) * perPage
  const { cutListingsAt } = request.model.faults
  if (cutListingsAt !== null && skip >= cutListingsAt && skip > 0) throw refuse(502, '502 Bad Gateway')
  return { page, perPage, skip }
}

/** One page of a list that is all there, with its headers. */
export async function paginate<T>(
  request: RestRequest,
  items: readonly T[],
  shape: (item: T) => unknown,
): Promise<Reply> {
  const page = readPage(request)
  const shown = items.slice(page.skip, page.skip + page.perPage)
  return {
    status: 200,
    body: await Promise.all(shown.map(shape)),
    headers: pageHeaders(request, page, {
      total: items.length,
      more: page.skip + page.perPage < items.length,
    }),
  }
}

/** The `x-…` and `link` headers. Where the total is null (it is not counted), those that need it are left out. */
export function pageHeaders(
  request: RestRequest,
  { page, perPage }: Page,
  { total, more }: { total: number | null; more: boolean },
): Record<string, string> {
  const last = total === null ? null : Math.max(1, Math.ceil(total / perPage))
  const to = (target: number, rel: string): string =>
    link(request, { page: String(target), per_page: String(perPage) }, rel)
  const links = [
    ...(page > 1 ? [to(page - 1, 'prev')] : []),
    ...(more ? [to(page + 1, 'next')] : []),
    to(1, 'first'),
    ...(last === null ? [] : [to(last, 'last')]),
  ]
  return {
    link: links.join(', '),
    'x-page': String(page),
    'x-per-page': String(perPage),
    'x-prev-page': page > 1 ? String(page - 1) : '',
    'x-next-page': more ? String(page + 1) : '',
    ...(last === null ? {} : { 'x-total': String(total), 'x-total-pages': String(last) }),
  }
}

/** True when `pagination=keyset` is asked for. https://docs.gitlab.com/api/rest/#keyset-based-pagination */
export function wantsKeyset({ params }: RestRequest): boolean {
  return optionalChoice(params, 'pagination', ['keyset', 'legacy', 'none', 'offset']) === 'keyset'
}

/**
 * One page of a list by keys: what follows the item whose key is `token`. The key of the last one shown leads on.
 * @param name of the parameter that holds the token: `page_token`, `cursor`, `id_after`
 */
export async function paginateByKey<T>(
  request: RestRequest,
  items: readonly T[],
  key: (item: T) => string,
  name: string,
  shape: (item: T) => unknown,
): Promise<Reply> {
  const { perPage } = readPage(request)
  const token = optionalText(request.params, name)
  const at = token === undefined ? 0 : items.findIndex((item) => key(item) === token) + 1
  if (token !== undefined && at === 0) throw badParameter(`${name} is invalid`)
  const shown = items.slice(at, at + perPage)
  const last = shown.at(-1)
  const more = last !== undefined && at + perPage < items.length
  const { cutListingsAt } = request.model.faults
  if (cutListingsAt !== null && at >= cutListingsAt && at > 0) throw refuse(502, '502 Bad Gateway')
  return {
    status: 200,
    body: await Promise.all(shown.map(shape)),
    headers: more ? { link: link(request, { [name]: key(last), per_page: String(perPage) }, 'next') } : {},
  }
}

function link({ url, model }: RestRequest, change: Record<string, string>, rel: string): string {
  const target = new URL(url)
  for (const [name, value] of Object.entries(change)) target.searchParams.set(name, value)
  const path = target.pathname.slice(target.pathname.indexOf(model.flavour.api) + model.flavour.api.length)
  return `<${model.urls.api(path)}${target.search}>; rel="${rel}"`
}
