import semver from 'semver'
import type { App, Environment } from '../config/model.ts'
import { globMatches, globPrefix } from '../domain/glob.ts'
import { TAG_PATTERN } from '../domain/image.ts'
import { renderTag } from '../domain/tag-template.ts'
import type { Version } from '../domain/version.ts'
import type { BranchHistory, HistoryCommit, SourceSnapshot, Tag } from '../forge/forge.ts'
import type { Reason } from './action.ts'
import { compareTags } from './tag-order.ts'

/** The version that an environment should have by its `follow` rule, or why there is none. */
export type Candidate = { version: Version; why: string } | { version: null; reason: Reason }

/** Decides by ancestry and version order alone: no clock, no commit date. */
export function candidateOf(app: App, environment: Environment, offers: SourceSnapshot): Candidate {
  const { follow } = environment
  if (follow.kind === 'branch') return fromBranch(app, environment, follow.branch, offers)
  if (follow.kind !== 'tag-glob' && follow.kind !== 'tag-range')
    return none('not-supported', 'This version of Supercargo cannot follow a registry.')
  const rule = follow.kind === 'tag-glob' ? follow.glob : follow.range
  if (!offers.tags.complete) return none('tags-incomplete', 'The tags could not be listed completely.')
  const tags = offers.tags.items.filter((tag) =>
    follow.kind === 'tag-glob'
      ? globMatches(follow.glob, tag.name)
      : semver.satisfies(tag.name, follow.range),
  )
  return fromTags(tags, rule)
}

/** The directories whose object ids tell whether a commit touches the app; [] when every commit does. */
export function watchedPaths(app: App): string[] {
  const prefixes = app.paths.map(globPrefix)
  return prefixes.includes('') ? [] : prefixes
}

/**
 * True when the commit changes one of the app's paths against its first parent: that is what a push of it
 * brings to the branch, whether it was squashed, rebased or merged.
 */
export function touches(
  commit: HistoryCommit,
  parent: HistoryCommit | undefined,
  paths: readonly string[],
): boolean {
  if (paths.length === 0) return true
  return paths.some((path) => (commit.pathOids[path] ?? null) !== (parent?.pathOids[path] ?? null))
}

function fromBranch(app: App, environment: Environment, branch: string, offers: SourceSnapshot): Candidate {
  const history = offers.branches[branch] ?? null
  if (history === null) return none('no-such-branch', `There is no branch "${branch}".`)
  const commit = newestTouching(history, watchedPaths(app))
  if (commit === null) {
    return none(
      'no-commit-touches-paths',
      `None of the newest ${history.commits.length} commits of "${branch}" touches ${app.paths.join(', ')}.`,
    )
  }
  const tag = renderTag(environment.tag, { commit: commit.oid, branch })
  if (tag === null)
    return none('not-supported', 'This version of Supercargo cannot look for tags in a registry.')
  const touching = watchedPaths(app).length === 0 ? '' : ` that touches ${app.paths.join(', ')}`
  return {
    version: { tag, commit: commit.oid },
    why: `It is the newest commit of branch ${branch}${touching}`,
  }
}

/** Walks the first parents from the head; a commit whose parent was not read is taken only if it is a root. */
function newestTouching(history: BranchHistory, paths: readonly string[]): HistoryCommit | null {
  const byOid = new Map(history.commits.map((commit) => [commit.oid, commit]))
  for (let commit = byOid.get(history.head); commit !== undefined; ) {
    const [first] = commit.parents
    const parent = first === undefined ? undefined : byOid.get(first)
    const unread = first !== undefined && parent === undefined
    if (paths.length === 0 || (!unread && touches(commit, parent, paths))) return commit
    commit = parent
  }
  return null
}

function fromTags(tags: readonly Tag[], rule: string): Candidate {
  const highest = tags.reduce<Tag | null>(
    (best, tag) => (best === null || compareTags(tag.name, best.name) > 0 ? tag : best),
    null,
  )
  if (highest === null) return none('no-matching-tag', `No tag matches "${rule}" yet.`)
  if (!TAG_PATTERN.test(highest.name)) {
    return none('not-an-image-tag', `The tag "${highest.name}" cannot be the tag of an image.`)
  }
  return {
    version: { tag: highest.name, commit: highest.commit },
    why: `It is the highest tag that matches ${rule}`,
  }
}

function none(code: string, message: string): Candidate {
  return { version: null, reason: { code, message } }
}
