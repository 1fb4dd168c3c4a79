import type { Forge } from '../../../src/forge/forge.ts'
import { createGitLabForge } from '../../../src/forge/gitlab/gitlab-forge.ts'
import type { GitLabOptions } from '../../../src/forge/gitlab/options.ts'
import { SILENT, type Stub } from '../github/stub.ts'

export const TOKEN = 'glpat-abcdefghijklmnopqrst'
export const REPOSITORY = { forge: 'gitlab', path: 'acme/platform/manifests' }
/** As it stands in paths of the REST API, below `/api`. */
export const PROJECT = '/v4/projects/acme%2Fplatform%2Fmanifests'

/** An adapter for a stub that already knows who the token belongs to. */
export function forgeFor(stub: Stub, options: Partial<GitLabOptions> = {}): Forge {
  stub.on('GET /v4/user', { body: { id: 7, username: 'project_1_bot', commit_email: 'bot@example.com' } })
  return createGitLabForge({ id: 'gitlab', url: stub.origin, token: TOKEN, log: SILENT, ...options })
}

/** An answer to a GraphQL query about an empty project. */
export const EMPTY_PROJECT = {
  body: {
    data: {
      project: {
        id: 'gid://gitlab/Project/5',
        fullPath: REPOSITORY.path,
        webUrl: 'https://git.example/acme/platform/manifests',
        visibility: 'private',
        archived: false,
        repository: { rootRef: null, head: null, tail: null },
      },
    },
  },
}
