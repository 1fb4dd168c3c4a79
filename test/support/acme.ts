import type { Repository } from '../../src/sandbox/model/types.ts'
import { headOf, type TestSandbox } from './sandbox.ts'
import { kustomization } from './world.ts'

/** Files of an application repository and of its manifests, as most teams have them. */

export const STAGING = 'apps/web/overlays/staging/kustomization.yaml'
export const PRODUCTION = 'apps/web/overlays/production/kustomization.yaml'

export const CONFIG = `manifests: acme/k8s-manifests
image: ghcr.io/acme/web
tag: "{sha:7}"
ready: commit
environments:
  staging:
    follow: branch main
    path: apps/web/overlays/staging
  production:
    follow: tag v*
    path: apps/web/overlays/production
`

export const CONFIG_WITH_PREVIEWS = `${CONFIG}
previews:
  follow: pull requests
  template: apps/web/preview
  path: apps/web/previews/pr-{number}
  url: https://pr-{number}.web.preview.acme.dev
`

export const POLICY = `accept:
  - from: acme/web
    paths: apps/web/**
    images: ghcr.io/acme/web
    merge: [staging]
    direct: [previews]
`

export const TEMPLATE = `namespace: web-pr-{number}
resources: [../../base]
images:
  - name: ghcr.io/acme/web
    newTag: "{tag}"
`

/** What is said replaces or (null) removes files. */
export interface AcmeChange {
  config?: string
  policy?: string | null
  manifests?: Record<string, string>
  /** The manifest repository is private. */
  hidden?: boolean
}

type Place = Pick<TestSandbox, 'model' | 'repository'>

/**
 * Makes `acme/web`, and `acme/k8s-manifests` at its first commit.
 * @param directory of the application's configuration
 * @param elsewhere another forge, for the manifests
 */
export async function makeAcme(
  test: Place,
  change: AcmeChange = {},
  directory = '.github',
  elsewhere: Place = test,
): Promise<{ web: Repository; manifests: Repository }> {
  const policy = change.policy === undefined ? POLICY : change.policy
  const web = await test.repository('acme/web', {
    [`${directory}/supercargo.yml`]: change.config ?? CONFIG,
    'README.md': '# web\n',
  })
  const first = (await headOf(test, web, 'main')) ?? ''
  const files = {
    [STAGING]: kustomization(first.slice(0, 7)),
    [PRODUCTION]: kustomization('v0.0.0'),
    'apps/web/preview/kustomization.yaml': TEMPLATE,
    ...(policy === null ? {} : { '.supercargo/policy.yml': policy }),
    ...change.manifests,
  }
  const manifests = await elsewhere.repository('acme/k8s-manifests', files, {
    private: change.hidden === true,
  })
  return { web, manifests }
}
