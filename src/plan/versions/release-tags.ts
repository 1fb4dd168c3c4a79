import semver from 'semver'
import type { Environment } from '../../config/model.ts'
import type { Oid } from '../../domain/commit.ts'
import { globMatches } from '../../domain/glob.ts'
import { TAG_PATTERN } from '../../domain/image.ts'
import { versionIn } from '../../domain/semantic-version.ts'
import { readTag, renderTag, type TagTemplate, tagVariables } from '../../domain/tag-template.ts'
import { compareReadings } from '../../domain/tag-variables.ts'
import type { SourceSnapshot } from '../../forge/forge.ts'
import { compareTags } from './tag-order.ts'

/** A tag of the application repository. */
export interface ReleaseTag {
  name: string
  commit: Oid
}

/**
 * Whether the template makes the tag of a release's image, as Docker's metadata action makes `1.4.0` of `v1.4.0`: it names
 * {version}, and nothing that only CI knows. Else the image has the release's own tag.
 */
export function makesReleases(template: TagTemplate): boolean {
  const sample = { commit: 'a'.repeat(40), version: '1.0.0' }
  return tagVariables(template).includes('version') && renderTag(template, sample) !== null
}

/** The tag of a release's image; null where there can be none. */
export function imageTagOf({ tag: template }: Pick<Environment, 'tag'>, { name, commit }: ReleaseTag) {
  if (!makesReleases(template)) return TAG_PATTERN.test(name) ? name : null
  return renderTag(template, { commit, version: versionIn(name)?.raw })
}

/** The release whose image has the tag, if it is still there. */
export function releaseWith(
  environment: Pick<Environment, 'tag'>,
  { tags: { items } }: Pick<SourceSnapshot, 'tags'>,
  imageTag: string,
): ReleaseTag | undefined {
  return items.find((each) => imageTagOf(environment, each) === imageTag)
}

/** Whether the rule says something of releases whose images have such tags, so that they have an order. */
export function ruleKnows({ follow, tag: template }: Environment, imageTag: string): boolean {
  if (makesReleases(template) && readTag(template, imageTag) !== null) return true
  if (follow.kind === 'tag-glob') return globMatches(follow.glob, imageTag)
  return follow.kind === 'tag-range' && semver.valid(imageTag) !== null
}

/** The order of releases by the tags of their images. */
export function compareReleases({ tag: template }: Pick<Environment, 'tag'>, a: string, b: string): number {
  if (!makesReleases(template)) return compareTags(a, b)
  return compareReadings(readTag(template, a) ?? {}, readTag(template, b) ?? {}) || compareTags(a, b)
}
