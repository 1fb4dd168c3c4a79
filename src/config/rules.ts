import { showDuration } from '../domain/duration.ts'
import { globMatches } from '../domain/glob.ts'
import { sameImage } from '../domain/image.ts'
import { isUnder } from '../domain/path.ts'
import { type RepositoryId, sameRepository } from '../domain/repository.ts'
import {
  PREVIEW_PATH_VARIABLES,
  PREVIEW_URL_VARIABLES,
  parseTemplate,
  templateVariables,
} from '../domain/template.ts'
import { checkBranches } from './branch-rules.ts'
import type { Document } from './document.ts'
import { areRivals, fieldBelow } from './fields.ts'
import type { PlacedApp } from './inherit.ts'
import type { Field, Previews, Problem, Target } from './model.ts'
import { mayOverlap } from './overlap.ts'
import { problemAt } from './problem.ts'
import type { Path } from './tree.ts'

/** Rules about several values at once, over what could be read. */
export function checkRules(apps: PlacedApp[], document: Document, source: RepositoryId): Problem[] {
  const complain: Complain = (path, code, message, advice) =>
    problemAt(document.file, document.valueAt(path), code, message, advice)
  const targets = apps.flatMap(targetsOf)
  return [
    ...apps.flatMap((placed) => checkPreviews(placed, complain)),
    ...apps.flatMap((placed) => checkLoop(placed, source, complain)),
    ...checkBranches(apps, source, complain),
    ...targets.flatMap((target, index) =>
      targets.slice(0, index).flatMap((other) => checkPair(target, other, complain)),
    ),
  ]
}

type Complain = (path: Path, code: string, message: string, advice: string) => Problem

/** One target of one app, as far as it matters who else writes there. */
interface Placed {
  label: string
  target: Target
  /** May hold variables. */
  where: string
  path: Path
  previews: Previews | null
  /** With paths from the repository's root, as far as the name of a file tells it from a directory. */
  fields: Field[]
}

function targetsOf({ app, environments, previews }: PlacedApp): Placed[] {
  const placed: Placed[] = app.environments.map((target) => ({
    label: `${app.name}/${target.name}`,
    target,
    where: target.path,
    path: [...(environments.get(target.name) ?? []), 'path'],
    previews: null,
    fields: target.fields.map((field) => fieldBelow(directoryOf(target.path), field)),
  }))
  if (app.previews !== null && previews !== null)
    placed.push({
      label: `the previews of ${app.name}`,
      target: app.previews,
      where: app.previews.path,
      path: [...previews, 'path'],
      previews: app.previews,
      fields: [],
    })
  return placed
}

/** Two targets must not fight over one place, and nothing may stand where previews come and go. */
function checkPair(one: Placed, other: Placed, complain: Complain): Problem[] {
  if (!sameManifests(one.target, other.target)) return []
  const rival = one.fields.find((field) => other.fields.some((each) => areRivals(field, each)))
  if (rival !== undefined) {
    const file = rival.kind === 'set' ? rival.file : rival.to
    const message = `${capital(one.label)} and ${other.label} both decide what stands in ${file}.`
    return [complain(one.path, 'conflict', message, 'Give each a directory of its own, or name other files.')]
  }
  if (!mayOverlap(one.where, other.where)) return []
  const previews = one.previews !== null || other.previews !== null
  const shared = one.target.images.find((image) => other.target.images.some((each) => sameImage(each, image)))
  if (!previews && shared === undefined) return []
  const what =
    shared === undefined || previews
      ? 'write to the same place'
      : `set the image ${shared.written} in the same place`
  return [
    complain(
      one.path,
      'conflict',
      `${capital(one.label)} and ${other.label} ${what}, ${one.where}.`,
      'Give each a directory of its own, none of them inside another.',
    ),
  ]
}

function checkPreviews({ app, previews: path }: PlacedApp, complain: Complain): Problem[] {
  const { previews } = app
  if (previews === null || path === null) return []
  const problems: Problem[] = []
  const used = templateVariables(parseTemplate(previews.path, PREVIEW_PATH_VARIABLES))
  if (used.length === 0)
    problems.push(
      complain(
        [...path, 'path'],
        'invalid-value',
        `All previews would be written to "${previews.path}" at once.`,
        'Put {number} into the path for pull requests, or {slug} for branches.',
      ),
    )
  const inUrl =
    previews.url === null ? [] : templateVariables(parseTemplate(previews.url, PREVIEW_URL_VARIABLES))
  for (const [key, names] of [
    ['path', used],
    ['url', inUrl],
  ] as const) {
    if (previews.follow.kind === 'branches' && names.includes('number'))
      problems.push(
        complain(
          [...path, key],
          'invalid-value',
          'A branch has no {number}; only pull requests do.',
          'Write {slug}.',
        ),
      )
  }
  if (previews.sleep !== null && previews.ttl !== null && previews.sleep >= previews.ttl)
    problems.push(
      complain(
        [...path, 'sleep'],
        'conflict',
        `Previews go after ${showDuration(previews.ttl)}, so they would never sleep after ${showDuration(previews.sleep)}.`,
        'Write a "sleep" that is shorter than "ttl".',
      ),
    )
  if (previews.template !== null && mayOverlap(previews.path, previews.template))
    problems.push(
      complain(
        [...path, 'template'],
        'conflict',
        `The template "${previews.template}" stands where previews are written, "${previews.path}".`,
        'Keep the template in a directory of its own, such as apps/web/preview.',
      ),
    )
  return problems
}

/** A change that gets into the followed branch must not be a new version of the app. */
function checkLoop(placed: PlacedApp, source: RepositoryId, complain: Complain): Problem[] {
  const followed = placed.app.environments.flatMap(({ follow }) =>
    follow.kind === 'branch' ? [follow.branch] : [],
  )
  const feeds = ({ target, where }: Placed) =>
    sameRepository(target.manifests, source) &&
    followed.some((branch) => target.manifestBranch === null || target.manifestBranch === branch) &&
    touches(placed.app.paths, where)
  return targetsOf(placed)
    .filter(feeds)
    .map(({ label, path }) =>
      complain(
        path,
        'conflict',
        `${capital(label)} is written to the branch of ${source.path} that is followed, so every change would be a new version.`,
        'Say with "paths:" which files belong to the app, without those that are deployed from, or write to another branch.',
      ),
    )
}

function touches(paths: string[], where: string): boolean {
  if (paths.length === 0) return true
  return paths.some(
    (glob) => globMatches(glob, where) || globMatches(glob, `${where}/file.yaml`) || isUnder(glob, where),
  )
}

/** Where the fields of a path are, see Field. */
function directoryOf(path: string): string {
  return /\.(?:ya?ml|json)$/i.test(path) ? path.slice(0, Math.max(0, path.lastIndexOf('/'))) : path
}

function sameManifests(a: Target, b: Target): boolean {
  return sameRepository(a.manifests, b.manifests) && a.manifestBranch === b.manifestBranch
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
