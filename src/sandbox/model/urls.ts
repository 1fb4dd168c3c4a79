import type { Repository } from './types.ts'

/** Addresses as GitHub Enterprise has them, under one prefix. */
export interface Urls {
  /** Sets origin (and mount point) once it is known, such as `http://localhost:3000`. */
  setBase(baseUrl: string): void
  /** `…/sandbox/github` */
  html(path?: string): string
  /** `…/sandbox/github/api/v3` */
  api(path?: string): string
  graphql(): string
  /** `…/sandbox/github/acme/web` */
  repository(repository: Pick<Repository, 'owner' | 'name'>, path?: string): string
  /** `…/sandbox/github/api/v3/repos/acme/web` */
  repositoryApi(repository: Pick<Repository, 'owner' | 'name'>, path?: string): string
}

/** The path under which everything of the GitHub side lives. */
export const MOUNT = '/sandbox/github'

/** @param baseUrl null until `setBase` is called; addresses asked for before begin with `http://localhost` */
export function createUrls(baseUrl: string | null): Urls {
  let base = (baseUrl ?? 'http://localhost').replace(/\/+$/, '')
  const html = (path = ''): string => `${base}${MOUNT}${path}`
  const api = (path = ''): string => html(`/api/v3${path}`)
  return {
    setBase: (url) => {
      base = url.replace(/\/+$/, '')
    },
    html,
    api,
    graphql: () => html('/api/graphql'),
    repository: ({ owner, name }, path = '') => html(`/${owner}/${name}${path}`),
    repositoryApi: ({ owner, name }, path = '') => api(`/repos/${owner}/${name}${path}`),
  }
}
