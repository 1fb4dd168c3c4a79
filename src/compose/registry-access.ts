import type { Logger } from 'pino'
import type { GitLabSettings } from '../doors/gitlab-settings.ts'
import type { RegistrySettings } from '../doors/registry-settings.ts'
import type { GitHubCredentials } from '../forge/github/options.ts'
import { createPackageTokens, type PackageTokens } from '../forge/github/package-tokens.ts'
import { ecrCredentials } from '../registry/credentials/ecr.ts'
import { githubCredentials } from '../registry/credentials/github.ts'
import { gitlabCredentials } from '../registry/credentials/gitlab.ts'
import { googleCredentials } from '../registry/credentials/google.ts'
import type { ShowCredentials } from '../registry/credentials/held.ts'
import type { RegistryAccess } from '../registry/oci/options.ts'

/** The registries that may be asked, and the tokens of forges that some of them take. */
export interface RegistrySources {
  registries: readonly RegistrySettings[]
  /** Null: no registry is asked with a token of GitHub. */
  github: { apiUrl: string; credentials: GitHubCredentials } | null
  gitlab: readonly Pick<GitLabSettings, 'id' | 'url' | 'token' | 'ca'>[]
}

/** What the client of each registry needs. */
export function registryAccesses(sources: RegistrySources, log: Logger): RegistryAccess[] {
  const { registries, github, gitlab } = sources
  const clock = () => new Date()
  const packages = github === null ? null : createPackageTokens({ id: 'github', ...github, log, clock })
  return registries.map((registry): RegistryAccess => {
    const { host, url, ca, auth, tokenServer } = registry
    const instance = auth.kind === 'gitlab' ? gitlab.find(({ id }) => id === auth.instance) : undefined
    const origins = [tokenServer, instance?.url].filter((each) => typeof each === 'string')
    return {
      host,
      url,
      log,
      clock,
      credentials: credentialsOf(registry, { packages, instance, log, clock }),
      tokenOrigins: origins.map((each) => new URL(each).origin),
      ...(ca === null ? {} : { ca }),
    }
  })
}

interface Means {
  packages: PackageTokens | null
  instance: RegistrySources['gitlab'][number] | undefined
  log: Logger
  clock: () => Date
}

function credentialsOf({ host, auth }: RegistrySettings, means: Means): ShowCredentials {
  const { packages, instance, log, clock } = means
  switch (auth.kind) {
    case 'anonymous':
      return async () => null
    case 'basic':
    case 'identity':
    case 'bearer':
      return async () => auth
    case 'github':
      if (packages === null) throw new Error(`There is no token of GitHub for ${host}.`)
      return githubCredentials(packages)
    case 'gitlab':
      if (instance === undefined) throw new Error(`There is no token of GitLab for ${host}.`)
      return gitlabCredentials({ ...instance, host, log, clock })
    case 'ecr':
      return ecrCredentials({ ...auth, clock })
    case 'google':
      return googleCredentials({ ...auth, clock })
  }
}
