import semver from 'semver'
import type { App, Environment } from '../../config/model.ts'
import type { Oid } from '../../domain/commit.ts'
import { globMatches, globPrefix } from '../../domain/glob.ts'
import { renderTag } from '../../domain/tag-template.ts'
import type { Version } from '../../domain/version.ts'
import type { BranchHistory, HistoryCommit, SourceSnapshot } from '../../forge/forge.ts'
import type { Reason } from '../action.ts'
import { imageTagOf, makesReleases } from './release-tags.ts'
import { compareTags } from './tag-order.ts'

/** A version that an environment could have by its `follow` rule, whether or not it is ready. */
export interface Choice {
  commit: Oid
  /** Null: it has to be looked for in the registry. */
  tag: string | null
}

/** The version of a choice; one whose tag nobody knows yet goes by its commit. */
export function versionOf({ commit, tag }: Choice): Version {
  return { tag: tag ?? commit, commit }
}

export type Choices =
  /**
   * Newest first, at least one and at most 50. `why` is true of the first, `whyReady` of whichever is the first that is
   * ready; both begin a sentence: `It is the newest commit of branch main`.
   */
  | { choices: readonly [Choice, ...Choice[]]; why: string; whyReady: string }
  | { choices: null; reason: Reason }

/** No team waits for a version that is older than so many others. */
const MOST = 50

/** Decides by ancestry and version order alone: no clock, no commit date. */
export function choicesOf(app: App, environment: Environment, offers: SourceSnapshot): Choices {
  const { follow } = environment
  if (follow.kind === 'branch') return onBranch(app, environment, follow.branch, offers)
  if (follow.kind !== 'tag-glob' && follow.kind !== 'tag-range')
    return none('not-supported', 'This version of Supercargo cannot follow a registry.')
  const rule = follow.kind === 'tag-glob' ? follow.glob : follow.range
  if (!offers.tags.complete) return none('tags-incomplete', 'The tags could not be listed completely.')
  const tags = offers.tags.items
    .filter(({ name }) =>
      follow.kind === 'tag-glob' ? globMatches(follow.glob, name) : semver.satisfies(name, follow.range),
    )
    .toSorted((a, b) => compareTags(b.name, a.name))
  const [highest] = tags
  if (highest === undefined) return none('no-matching-tag', `No tag matches "${rule}" yet.`)
  const first = imageTagOf(environment, highest)
  if (first === null) return none('not-an-image-tag', noImageTag(highest.name, environment))
  const choices = tags.slice(1).flatMap((each): Choice[] => {
    const tag = imageTagOf(environment, each)
    return tag === null ? [] : [{ tag, commit: each.commit }]
  })
  const why = `It is the highest tag that matches ${rule}`
  return {
    choices: [{ tag: first, commit: highest.commit }, ...choices.slice(0, MOST - 1)],
    why,
    whyReady: `${why} and is ready`,
  }
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

function onBranch(app: App, environment: Environment, branch: string, offers: SourceSnapshot): Choices {
  const history = offers.branches[branch] ?? null
  if (history === null) return none('no-such-branch', `There is no branch "${branch}".`)
  const paths = watchedPaths(app)
  const [newest, ...older] = touching(history, paths).slice(0, MOST)
  if (newest === undefined) {
    return none(
      'no-commit-touches-paths',
      `None of the newest ${history.commits.length} commits of "${branch}" touches ${app.paths.join(', ')}.`,
    )
  }
  const choice = ({ oid }: HistoryCommit): Choice => ({
    commit: oid,
    tag: renderTag(environment.tag, { commit: oid, branch }),
  })
  const every = `It is the newest commit of branch ${branch}`
  const why = paths.length === 0 ? every : `${every} that touches ${app.paths.join(', ')}`
  return {
    choices: [choice(newest), ...older.map(choice)],
    why,
    whyReady: paths.length === 0 ? `${every} that is ready` : `${why} and is ready`,
  }
}

/** Walks the first parents from the head; a commit whose parent was not read is taken only if it is a root. */
function touching(history: BranchHistory, paths: readonly string[]): HistoryCommit[] {
  const byOid = new Map(history.commits.map((commit) => [commit.oid, commit]))
  const found: HistoryCommit[] = []
  for (let commit = byOid.get(history.head); commit !== undefined; ) {
    const [first] = commit.parents
    const parent = first === undefined ? undefined : byOid.get(first)
    const unread = first !== undefined && parent === undefined
    if (paths.length === 0 || (!unread && touches(commit, parent, paths))) found.push(commit)
    commit = parent
  }
  return found
}

function noImageTag(name: string, { tag }: Environment): string {
  return makesReleases(tag)
    ? `${tag.source} makes no tag of an image of the tag "${name}": that takes a version at its end, such as v1.4.0, without a +.`
    : `The tag "${name}" cannot be the tag of an image.`
}

function none(code: string, message: string): Choices {
  return { choices: null, reason: { code, message } }
}
