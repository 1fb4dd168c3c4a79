import type { ImageName } from '../domain/image.ts'
import { sameImage } from '../domain/image.ts'
import { nearest } from '../domain/nearest.ts'
import type { RepositoryId } from '../domain/repository.ts'
import { parseTagTemplate, renderTag, type TagTemplate, tagVariables } from '../domain/tag-template.ts'
import { readFields, readImagePolicies } from './fields.ts'
import {
  parseBranchTemplate,
  parseImage,
  parseManifests,
  parsePath,
  parsePreviewPath,
  parsePreviewUrl,
  parseTag,
  parseTitleTemplate,
} from './grammar.ts'
import { parsePreviewFollow, parseRule } from './grammar-follow.ts'
import { type Level, pick, type Said } from './level.ts'
import type { Environment, Follow, MergeMode, PreviewFollow, Previews, Target } from './model.ts'
import type { Parsed } from './parsed.ts'
import { readChoice } from './preview-choice.ts'
import { readProbe } from './probe.ts'
import { problemAt } from './problem.ts'
import { complain, judged, type Reading, usedBy } from './reading.ts'
import { type Conditions, readConditions } from './ready.ts'
import { readRetag, readTags } from './release.ts'
import type { Path } from './tree.ts'

/**
 * An environment with everything it inherits; null when something is wrong or missing.
 * @param upstream the environment that it follows, whose rule the lowest level says
 */
export function readEnvironment(
  reading: Reading,
  name: string,
  levels: Level[],
  path: Path,
  upstream: string | null,
): Environment | null {
  const who = `The environment ${name}`
  const target = readTarget(reading, who, levels, path, 'review')
  const follow = need(reading, levels, 'follow', path, parseRule, [
    `${who} does not say what it follows.`,
    'Write "follow: branch main" or "follow: tag v*" in it.',
  ])
  const where = need(reading, levels, 'path', path, parsePath, [
    `${who} does not say where it is in the manifest repository.`,
    'Write "path:" and a directory or file in it.',
  ])
  if (target === null || follow === null || where === null) {
    reading.incomplete = true
    return null
  }
  complainAboutMovedTag(reading, levels, follow)
  const retag = readRetag(reading, levels, follow, target.images)
  if (retag === null) complainAboutRelease(reading, levels, follow, target.tag)
  return {
    ...target,
    ...readConditions(reading, levels, follow, target.tag),
    name,
    follow,
    upstream,
    tags: readTags(reading, levels, { follow, tag: target.tag, retag }),
    retag,
    path: where,
    fields: readFields(reading, levels, { name, follow, tag: target.tag }),
    imagePolicies: readImagePolicies(reading, levels, target.images),
    branch: may(reading, levels, 'branch', parseBranchTemplate),
    title: may(reading, levels, 'title', parseTitleTemplate),
  }
}

/** Previews with everything they inherit, which `follow` and `path` are not; null as above. */
export function readPreviews(reading: Reading, above: Level[], path: Path, says: object): Previews | null {
  const own: Level[] = [{ says, path }]
  const target = readTarget(reading, 'The previews', [...own, ...above], path, 'direct')
  const follow = need(reading, own, 'follow', path, parsePreviewFollow, [
    'The previews do not say what they follow.',
    'Write "follow: pull requests" or "follow: branches feature/*" in them.',
  ])
  const where = need(reading, own, 'path', path, parsePreviewPath, [
    'The previews do not say where they are written.',
    'Write "path: apps/web/previews/pr-{number}" or the like in them.',
  ])
  if (target === null || follow === null || where === null) {
    reading.incomplete = true
    return null
  }
  complainAboutMissingTemplate(reading, own, path, where.source)
  const all = [...own, ...above]
  complainAboutMovedTag(reading, all, follow)
  complainAboutUnknownTag(reading, all, target.tag)
  const url = may(reading, own, 'url', parsePreviewUrl)?.source ?? null
  const comment = isOn(reading, own, 'comment')
  return {
    ...target,
    ...readConditions(reading, all, follow, target.tag),
    ...readChoice(reading, own, path, follow),
    follow,
    template: may(reading, own, 'template', parsePath),
    path: where.source,
    url,
    probe: readProbe(reading, own, { url, comment }),
    comment,
    deployments: isOn(reading, own, 'deployments'),
    status: isOn(reading, own, 'status', false),
  }
}

/** Only a JSON file can be made from nothing. */
function complainAboutMissingTemplate(reading: Reading, own: Level[], path: Path, where: string): void {
  if (where.endsWith('.json') || pick(own, ['template'], reading.removed) !== null) return
  complain(
    reading,
    path,
    'missing',
    'The previews do not say what they are made from.',
    'Write "template:" and a file or directory of the manifest repository in them, or let "path" end with .json for a file with the values of all variables.',
  )
}

function readTarget(
  reading: Reading,
  who: string,
  levels: Level[],
  path: Path,
  defaultMerge: MergeMode,
): Omit<Target, keyof Conditions> | null {
  const parse = (text: string) => parseManifests(text, reading.source.forge)
  const manifests = need(reading, levels, 'manifests', path, parse, [
    `${who} ${who.endsWith('s') ? 'do' : 'does'} not say which manifest repository to write to.`,
    'Write "manifests: owner/repository" at the top of the file.',
  ])
  if (manifests !== null) complainAboutForge(reading, levels, manifests.manifests)
  const images = readImages(reading, who, levels, path)
  const tag = pick(levels, ['tag'], reading.removed)
  const merge = pick(levels, ['merge'], reading.removed)
  if (manifests === null || images === null) return null
  return {
    ...manifests,
    images,
    tag:
      tag === null || tag === 'removed' ? parseTagTemplate('{sha:7}') : judged(parseTag(String(tag.value))),
    merge: merge === null || merge === 'removed' ? defaultMerge : (merge.value as MergeMode),
  }
}

/** Nothing is made by `tag` where one tag is followed that is moved. */
function complainAboutMovedTag(reading: Reading, levels: Level[], follow: Follow | PreviewFollow): void {
  usedBy(reading, pick(levels, ['tag'], reading.removed), follow.kind !== 'registry-digest', [
    '"tag" says how tags are made, and what is followed here is one tag that is moved.',
    'Remove it.',
  ])
}

/** A release that CI pushes under a tag of its own making has to be known from its version and its commit alone. */
function complainAboutRelease(reading: Reading, levels: Level[], follow: Follow, tag: TagTemplate): void {
  const said = pick(levels, ['tag'], reading.removed)
  const isRelease = follow.kind === 'tag-glob' || follow.kind === 'tag-range'
  if (!isRelease || said === null || said === 'removed') return
  if (tag.parts === null || !tagVariables(tag).includes('version')) return
  if (renderTag(tag, { commit: 'a'.repeat(40), version: '1.0.0' }) === null)
    complain(
      reading,
      said.path,
      'conflict',
      `The tag "${tag.source}" of a release's image cannot be computed from its version and commit.`,
      'Write "retag: true" or a "tag" such as "{version}" in the environment.',
    )
}

/** The tag of a preview has to be known from its branch and its commit alone. */
function complainAboutUnknownTag(reading: Reading, levels: Level[], tag: TagTemplate): void {
  const said = pick(levels, ['tag'], reading.removed)
  if (said === null || said === 'removed') return
  if (renderTag(tag, { commit: 'a'.repeat(40), branch: 'main' }) === null)
    complain(
      reading,
      said.path,
      'conflict',
      `The tag "${tag.source}" of a preview cannot be computed from its branch and commit.`,
      'Write a "tag" such as "{branch}-{sha:7}" in the previews.',
    )
}

function complainAboutForge(
  { document, forges, problems, removed }: Reading,
  levels: Level[],
  { forge }: RepositoryId,
): void {
  const said = pick(levels, ['manifests'], removed)
  if (forges === undefined || forges.includes(forge) || said === null || said === 'removed') return
  const near = nearest(forge, forges)
  const known = `The forges here are ${forges.join(', ')}.`
  const advice = near === null ? known : `Did you mean ${near}? ${known}`
  const message = `There is no forge named "${forge}".`
  problems.push(problemAt(document.file, document.valueAt(said.path), 'unknown-forge', message, advice))
}

function readImages(reading: Reading, who: string, levels: Level[], path: Path): ImageName[] | null {
  for (const level of levels) {
    if (!Object.hasOwn(level.says, 'image') || !Object.hasOwn(level.says, 'images')) continue
    complain(
      reading,
      [...level.path, 'images'],
      'conflict',
      'Both "image" and "images" stand here.',
      'Keep one of the two.',
    )
  }
  const said = pick(levels, ['image', 'images'], reading.removed)
  if (said === 'removed') return null
  if (said === null) {
    const advice = 'Write "image:" and a name such as ghcr.io/acme/web at the top of the file.'
    complain(
      reading,
      path,
      'missing',
      `${who} ${who.endsWith('s') ? 'do' : 'does'} not say which image to set.`,
      advice,
    )
    return null
  }
  const images = (Array.isArray(said.value) ? said.value : [said.value]).map((text) =>
    judged(parseImage(String(text))),
  )
  complainAboutTwins(reading, said, images)
  return images
}

function complainAboutTwins(reading: Reading, said: Said, images: ImageName[]): void {
  for (const [index, image] of images.entries()) {
    if (!images.slice(0, index).some((other) => sameImage(other, image))) continue
    const path = [...said.path, index]
    const message = `The image ${image.written} stands here for the second time.`
    complain(reading, path, 'conflict', message, 'Keep one of the two.')
  }
}

/** A value that must be said at one of the levels; null, and a problem, when it is not. */
function need<T>(
  reading: Reading,
  levels: Level[],
  key: string,
  path: Path,
  parse: (text: string) => Parsed<T>,
  [message, advice]: readonly [string, string],
): T | null {
  const said = pick(levels, [key], reading.removed)
  if (said === 'removed') return null
  if (said !== null) return judged(parse(String(said.value)))
  complain(reading, path, 'missing', message, advice)
  return null
}

/** What is not said is on. */
function isOn({ removed }: Reading, levels: Level[], key: string, byDefault = true): boolean {
  const said = pick(levels, [key], removed)
  return said === null || said === 'removed' ? byDefault : said.value === 'on'
}

/** A value that may be said at one of the levels, or null. */
function may<T>(
  { removed }: Reading,
  levels: Level[],
  key: string,
  parse: (text: string) => Parsed<T>,
): T | null {
  const said = pick(levels, [key], removed)
  return said === null || said === 'removed' ? null : judged(parse(String(said.value)))
}
