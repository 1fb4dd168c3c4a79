import { SupercargoError } from '../../domain/errors.ts'
import type { Answer } from './exchange.ts'

const MAX_PAGES = 1000

/**
 * Reads a list to its end along the `Link` of each page. A page that leads to another origin than its own, in a
 * circle, or to no end is an error: a part of a list is never taken for the whole.
 * https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#listing-tags
 * @param read gives null where there is no such list
 */
export async function readPages<T>(
  host: string,
  first: URL,
  get: (url: URL) => Promise<Answer | null>,
  read: (answer: Answer) => T[],
): Promise<T[] | null> {
  const entries: T[] = []
  const seen = new Set<string>()
  for (let url: URL | null = first; url !== null; ) {
    if (seen.has(url.href) || seen.size === MAX_PAGES) throw linkRefused(host, 'it has no end')
    seen.add(url.href)
    const answer = await get(url)
    if (answer === null && seen.size === 1) return null
    if (answer === null) throw linkRefused(host, 'a page of it is missing')
    entries.push(...read(answer))
    url = nextOf(host, answer)
  }
  return entries
}

/** https://www.rfc-editor.org/rfc/rfc8288 */
function nextOf(host: string, answer: Answer): URL | null {
  const link = answer.headers.get('link') ?? ''
  const target = /<([^>]*)>\s*;(?:[^,]*;)?\s*rel\s*=\s*"?next\b/i.exec(link)?.[1]
  if (target === undefined) return null
  const url = URL.canParse(target, answer.url.href) ? new URL(target, answer.url) : null
  if (url?.origin !== answer.url.origin) throw linkRefused(host, 'a page of it leads to another server')
  return url
}

function linkRefused(host: string, why: string): SupercargoError {
  return new SupercargoError(`A list of the registry ${host} was not read: ${why}.`, {
    code: 'list-incomplete',
    kind: 'transient',
    advice: 'Check the address of the registry, and of the proxies before it.',
  })
}
