import type { Environment, SourceConfig, Target } from '../config/model.ts'
import {
  changeRequestBranch,
  changeRequestPrefix,
  FORMER_PREVIEWS,
  POLICY_PATH,
  PREVIEWS,
} from '../domain/names.ts'
import { type RepositoryId, sameRepository } from '../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateRoot } from '../domain/template.ts'
import type { DirectoryQuery, ManifestQuery, SourceQuery } from '../forge/forge.ts'
import { branchOf, isChosenName, rootOf } from './change-requests/own-branch.ts'
import { COMMENT_MARKER } from './explain/comment.ts'
import { watchedPaths } from './versions/choices.ts'

/** How many commits are searched for what was committed directly last. */
const HISTORY = 20

/** What must be read of an application repository, given its configuration. */
export function sourceQuery(config: SourceConfig): SourceQuery {
  const branches = new Map<string, Set<string>>()
  for (const app of config.apps) {
    for (const { follow } of app.environments) {
      if (follow.kind !== 'branch') continue
      const paths = branches.get(follow.branch) ?? new Set()
      for (const path of watchedPaths(app)) paths.add(path)
      branches.set(follow.branch, paths)
    }
  }
  const environments = config.apps.flatMap((app) => app.environments)
  const previews = config.apps.flatMap((app) => app.previews ?? [])
  return {
    branches: [...branches].map(([name, paths]) => ({ name, paths: [...paths].toSorted() })),
    tags: environments.some(({ follow }) => follow.kind === 'tag-glob' || follow.kind === 'tag-range'),
    pullRequests: previews.length > 0,
    liveBranches: previews.some(({ follow }) => follow.kind === 'branches'),
    commentMarker: COMMENT_MARKER,
  }
}

/** What must be read of the manifest repositories: one query for each (repository, branch). */
export function manifestQueries(config: SourceConfig): { repository: RepositoryId; query: Query }[] {
  const queries: { repository: RepositoryId; query: Query }[] = []
  const queryFor = (target: Target): Query => {
    const found = queries.find(
      ({ repository, query }) =>
        sameRepository(repository, target.manifests) && query.branch === target.manifestBranch,
    )
    if (found !== undefined) return found.query
    const query: Query = {
      branch: target.manifestBranch,
      files: [POLICY_PATH],
      directories: [],
      changeRequestBranches: [],
      branchPrefixes: [],
      branchDirectories: {},
    }
    queries.push({ repository: target.manifests, query })
    return query
  }
  for (const app of config.apps) {
    for (const environment of app.environments) {
      const query = queryFor(environment)
      const history = environment.merge === 'direct' ? HISTORY : 0
      addDirectory(query.directories, { path: environment.path, texts: true, history })
      const beside = filesBeside(environment)
      for (const path of beside) addDirectory(query.directories, { path, texts: true, history: 0 })
      const branch = branchOf(app, environment, null)
      if (branch !== null) addBranch(query, branch, [environment.path, ...beside])
      const root = rootOf(app, environment)
      if (root !== null) addPrefix(query, root)
      addPrefix(query, changeRequestPrefix(app.name))
    }
    if (app.previews === null) continue
    const query = queryFor(app.previews)
    const root = templateRoot(parseTemplate(app.previews.path, PREVIEW_PATH_VARIABLES))
    if (app.previews.template !== null)
      addDirectory(query.directories, { path: app.previews.template, texts: true, history: 0 })
    addDirectory(query.directories, { path: root, texts: false, history: 0 })
    addBranch(query, changeRequestBranch(app.name, PREVIEWS), [root])
    addPrefix(query, changeRequestPrefix(app.name))
  }
  return queries
}

/** Branches with the names of the configuration's apps that belong to none of its targets there. */
export function strayBranches(config: SourceConfig, repository: RepositoryId, branches: string[]): string[] {
  const known = config.apps.flatMap((app) => [
    ...app.environments.map((target) => ({ target, branch: branchOf(app, target, null) })),
    ...(app.previews === null
      ? []
      : [{ target: app.previews, branch: changeRequestBranch(app.name, PREVIEWS) }]),
  ])
  // wherever previews were
  const former = config.apps.map(({ name }) => changeRequestBranch(name, FORMER_PREVIEWS))
  const wanted = new Set(
    known.flatMap(({ target, branch }) => (sameRepository(target.manifests, repository) ? [branch] : [])),
  )
  return branches.filter(
    (branch) => isChosenName(config, branch) && !wanted.has(branch) && !former.includes(branch),
  )
}

/** Files of fields, where they are if the environment's path is a file, which is not known yet. */
export function filesBeside({ path, fields }: Environment): string[] {
  const directory = path.slice(0, path.lastIndexOf('/') + 1)
  return fields
    .flatMap((field) => (field.kind === 'set' ? [field.file] : [field.template, field.to]))
    .map((file) => directory + file)
}

type Query = ManifestQuery & { branchPrefixes: string[]; branchDirectories: Record<string, string[]> }

/** Several environments may share a branch. */
function addBranch(query: Query, branch: string, directories: string[]): void {
  query.changeRequestBranches.push(branch)
  query.branchDirectories[branch] = [...(query.branchDirectories[branch] ?? []), ...directories]
}

function addPrefix(query: Query, prefix: string): void {
  if (!query.branchPrefixes.includes(prefix)) query.branchPrefixes.push(prefix)
}

function addDirectory(directories: DirectoryQuery[], wanted: DirectoryQuery): void {
  const same = directories.find(({ path }) => path === wanted.path)
  if (same === undefined) directories.push(wanted)
  else {
    same.texts ||= wanted.texts
    same.history = Math.max(same.history, wanted.history)
  }
}
