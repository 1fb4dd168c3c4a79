import { branchMatches } from '../domain/branch-template.ts'
import { type RepositoryId, sameRepository } from '../domain/repository.ts'
import { type Template, templateVariables } from '../domain/template.ts'
import type { PlacedApp } from './inherit.ts'
import type { Environment } from './model.ts'
import type { Path } from './tree.ts'

type Complain<T> = (path: Path, code: string, message: string, advice: string) => T

interface Named {
  app: string
  environment: Environment
  branch: Template
  path: Path
}

/** Rules about `branch`: one branch is one environment's, and never one that something is deployed from. */
export function checkBranches<T>(apps: PlacedApp[], source: RepositoryId, complain: Complain<T>): T[] {
  const named: Named[] = apps.flatMap(({ app, environments }) =>
    app.environments.flatMap((environment) => {
      const { branch, name } = environment
      return branch === null
        ? []
        : [{ app: app.name, environment, branch, path: [...(environments.get(name) ?? []), 'branch'] }]
    }),
  )
  const deployed = apps.flatMap(({ app }) => app.environments)
  return named.flatMap((each, index) => [
    ...(sameRepository(each.environment.manifests, source)
      ? [
          complain(
            each.path,
            'conflict',
            'A branch of this repository could be taken for one of its features.',
            'Leave "branch" out where the manifests are in the application repository.',
          ),
        ]
      : []),
    ...(named.slice(0, index).some((other) => isShared(each, other))
      ? [
          complain(
            each.path,
            'conflict',
            `Another environment has the same branch, "${each.branch.source}".`,
            'Put {environment} into it, and {app} where there are several apps.',
          ),
        ]
      : []),
    ...deployed
      .flatMap(({ manifests, manifestBranch }) =>
        manifestBranch !== null &&
        sameRepository(manifests, each.environment.manifests) &&
        branchMatches(each.branch, { app: each.app, environment: each.environment.name }, manifestBranch)
          ? [manifestBranch]
          : [],
      )
      .slice(0, 1)
      .map((branch) =>
        complain(
          each.path,
          'conflict',
          `The branch "${branch}", which something is deployed from, would be one of the bot's.`,
          'Begin "branch" with a directory of its own.',
        ),
      ),
  ])
}

/** Two environments whose branches can have the same name. */
function isShared(one: Named, other: Named): boolean {
  if (!sameRepository(one.environment.manifests, other.environment.manifests)) return false
  if (one.branch.source !== other.branch.source) return false
  const variables = templateVariables(one.branch)
  const apart = (name: string, differs: boolean) => differs && variables.includes(name)
  return !(
    apart('app', one.app !== other.app) ||
    apart('environment', one.environment.name !== other.environment.name)
  )
}
