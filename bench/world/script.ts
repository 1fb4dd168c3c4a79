import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Repository } from '../../src/sandbox/model/types.ts'
import { findKustomize } from '../../test/support/kustomize.ts'
import { STAGING } from './files.ts'
import type { BenchForge } from './forge.ts'
import { GIT_ENVIRONMENT } from './git.ts'

const kustomize = findKustomize() ?? ''

/** How the script clones: everything at depth 1, or only what it must have. */
export type HowToClone = 'full' | 'sparse'

/** What the script is called in tables. */
export function scriptName(how: HowToClone): string {
  const clone = how === 'full' ? 'clone --depth 1' : 'clone --depth 1, sparse, without blobs'
  return `script (${clone}; ${kustomize === '' ? 'sed' : 'kustomize'})`
}

/** Runs the script of a pipeline for a new tag; throws when it fails. */
export function runScript(
  forge: BenchForge,
  manifests: Repository,
  tag: string,
  how: HowToClone,
): Promise<void> {
  const env = {
    ...GIT_ENVIRONMENT,
    MANIFESTS_URL: forge.gitUrl(manifests),
    MANIFESTS: `${manifests.owner}/${manifests.name}`,
    API: forge.api,
    TOKEN: forge.token,
    APP: 'web',
    IMAGE: 'ghcr.io/acme/web',
    TAG: tag,
    OVERLAY: STAGING,
    HOW: how,
    KUSTOMIZE: kustomize,
  }
  return new Promise((resolve, reject) => {
    const child = spawn('bash', [fileURLToPath(new URL('script.sh', import.meta.url))], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The script failed (${code}).`))))
  })
}
