import type { SourceConfig, Target } from '../config/model.ts'
import { changeRequestBranch, POLICY_PATH, PREVIEWS } from '../domain/names.ts'
import { type RepositoryId, sameRepository } from '../domain/repository.ts'
import { PREVIEW_PATH_VARIABLES, parseTemplate, templateRoot } from '../domain/template.ts'
import type { DirectoryQuery, ManifestQuery, SourceQuery } from '../forge/forge.ts'
import { watchedPaths } from './candidate.ts'
import { COMMENT_MARKER } from './explain/comment.ts'

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
    tags: environments.some(({ follow }) => follow.kind !== 'branch'),
    pullRequests: previews.length > 0,
    liveBranches: previews.some(({ follow }) => follow.kind === 'branches'),
    commentMarker: COMMENT_MARKER,
  }
}

/** What must be read of the manifest repositories: one query for each (repository, branch). */
export function manifestQueries(config: SourceConfig): { repository: RepositoryId; query: ManifestQuery }[] {
  const queries: { repository: RepositoryId; query: ManifestQuery }[] = []
  const queryFor = (target: Target): ManifestQuery => {
    const found = queries.find(
      ({ repository, query }) =>
        sameRepository(repository, target.manifests) && query.branch === target.manifestBranch,
    )
    if (found !== undefined) return found.query
    const query = {
      branch: target.manifestBranch,
      files: [POLICY_PATH],
      directories: [],
      changeRequestBranches: [],
    }
    queries.push({ repository: target.manifests, query })
    return query
  }
  for (const app of config.apps) {
    for (const environment of app.environments) {
      const query = queryFor(environment)
      const history = environment.merge === 'direct' ? HISTORY : 0
      addDirectory(query.directories, { path: environment.path, texts: true, history })
      query.changeRequestBranches.push(changeRequestBranch(app.name, environment.name))
    }
    if (app.previews === null) continue
    const query = queryFor(app.previews)
    const root = templateRoot(parseTemplate(app.previews.path, PREVIEW_PATH_VARIABLES))
    addDirectory(query.directories, { path: app.previews.template, texts: true, history: 0 })
    addDirectory(query.directories, { path: root, texts: false, history: 0 })
    query.changeRequestBranches.push(changeRequestBranch(app.name, PREVIEWS))
  }
  return queries
}

function addDirectory(directories: DirectoryQuery[], wanted: DirectoryQuery): void {
  const same = directories.find(({ path }) => path === wanted.path)
  if (same === undefined) directories.push(wanted)
  else {
    same.texts ||= wanted.texts
    same.history = Math.max(same.history, wanted.history)
  }
}
