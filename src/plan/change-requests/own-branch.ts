import type { App, Environment, SourceConfig } from '../../config/model.ts'
import { branchMatches, branchRoot, namesVersion, renderBranch } from '../../domain/branch-template.ts'
import { changeRequestBranch, changeRequestPrefix } from '../../domain/names.ts'
import { type RepositoryId, sameRepository } from '../../domain/repository.ts'
import type { Version } from '../../domain/version.ts'
import type { SourceSnapshot } from '../../forge/forge.ts'
import { choicesOf, versionOf } from '../versions/choices.ts'

/** More branches than these are not read, and nothing is opened then: an open change request could be among them. */
export const MAX_BRANCHES = 50

const NO_VERSION: Version = { tag: '', commit: null }

/** The branch of an environment's change request for a version; null while it depends on one that nobody knows. */
export function branchOf(app: App, environment: Environment, version: Version | null): string | null {
  const { branch } = environment
  if (branch === null) return changeRequestBranch(app.name, environment.name)
  if (namesVersion(branch) && (version === null || version.commit === null)) return null
  return renderBranch(branch, ownerOf(app, environment), version ?? NO_VERSION)
}

/** The beginning of names under which an environment's branches are found; null where its name is known at once. */
export function rootOf(app: App, environment: Environment): string | null {
  const { branch } = environment
  return branch === null || !namesVersion(branch) ? null : branchRoot(branch, ownerOf(app, environment))
}

/** Those of the branches that could be of other versions of the environment. */
export function otherVersions(
  app: App,
  environment: Environment,
  branches: readonly string[],
  mine: string | null,
): string[] {
  const { branch } = environment
  if (branch === null || !namesVersion(branch)) return []
  const owner = ownerOf(app, environment)
  return branches.filter((each) => each !== mine && branchMatches(branch, owner, each))
}

/**
 * Branches whose names nobody knew before the application repository and the listing of branches were read: of
 * the version that each environment should have now, and of versions before it.
 */
export function versionBranches(
  config: SourceConfig,
  repository: RepositoryId,
  branches: readonly string[],
  offers: SourceSnapshot,
): string[] {
  const found = config.apps.flatMap((app) =>
    app.environments
      .filter(({ branch, manifests }) => branch !== null && sameRepository(manifests, repository))
      .flatMap((environment) => {
        const { choices } = choicesOf(app, environment, offers)
        const mine = choices === null ? null : branchOf(app, environment, versionOf(choices[0]))
        const others = otherVersions(app, environment, branches, mine).slice(0, MAX_BRANCHES)
        return mine === null ? others : [mine, ...others]
      }),
  )
  return [...new Set(found)]
}

/** True for a branch below a directory of an app of the configuration, where Supercargo chooses all names. */
export function isChosenName(config: SourceConfig, branch: string): boolean {
  return config.apps.some(({ name }) => branch.startsWith(changeRequestPrefix(name)))
}

function ownerOf(app: App, environment: Environment) {
  return { app: app.name, environment: environment.name }
}
