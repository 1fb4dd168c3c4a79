import type { Flavour } from './flavour.ts'
import type { Repository } from './types.ts'

/** Addresses of one forge, under one prefix. */
export interface Urls {
  /** Sets origin (and mount point) once it is known, such as `http://localhost:3000`. */
  setBase(baseUrl: string): void
  /** `…/sandbox/github` */
  html(path?: string): string
  /** `…/sandbox/github/api/v3` */
  api(path?: string): string
  graphql(): string
  /** `…/sandbox/github/acme/web`; the path of a page is GitHub's and is put into the forge's own form. */
  repository(repository: Pick<Repository, 'owner' | 'name'>, path?: string): string
  /** `…/sandbox/github/api/v3/repos/acme/web`, `…/sandbox/gitlab/api/v4/projects/acme%2Fweb` */
  repositoryApi(repository: Pick<Repository, 'owner' | 'name'>, path?: string): string
}

/** @param baseUrl null until `setBase` is called; addresses asked for before begin with `http://localhost` */
export function createUrls(flavour: Flavour, baseUrl: string | null): Urls {
  let base = (baseUrl ?? 'http://localhost').replace(/\/+$/, '')
  const html = (path = ''): string => `${base}${flavour.mount}${path}`
  const api = (path = ''): string => html(`${flavour.api}${path}`)
  return {
    setBase: (url) => {
      base = url.replace(/\/+$/, '')
    },
    html,
    api,
    graphql: () => html('/api/graphql'),
    repository: ({ owner, name }, path = '') => html(`/${owner}/${name}${flavour.page(path)}`),
    repositoryApi: ({ owner, name }, path = '') =>
      api(
        flavour.nested
          ? `/projects/${encodeURIComponent(`${owner}/${name}`)}${path}`
          : `/repos/${owner}/${name}${path}`,
      ),
  }
}
