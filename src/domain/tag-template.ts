import semver from 'semver'
import type { Oid } from './commit.ts'
import { SupercargoError } from './errors.ts'
import { TAG_PATTERN } from './image.ts'
import { Pattern, quotePattern } from './pattern.ts'
import {
  isReading,
  isTagVariable,
  TAG_VARIABLES,
  type TagReading,
  type TagVariable,
  WRITTEN,
} from './tag-variables.ts'

/**
 * How CI names the image tag of a version: `{sha}`, `{branch}-{sha:7}`, `b{n}.{timestamp}`, or a regular expression
 * between slashes whose named groups say what a part of the tag means.
 */
export interface TagTemplate {
  source: string
  /** Null: a regular expression, which only reads. */
  parts: TagPart[] | null
  /** Matches the tags that were made by it; its groups are named as variables are, see `readTag`. */
  pattern: Pattern
}

export type TagPart =
  | { kind: 'text'; text: string }
  /** `length` hexadecimal digits of the commit; 40 for `{sha}`. */
  | { kind: 'sha'; length: number }
  | { kind: Exclude<TagVariable, 'sha'> }

/** What a tag is made for. */
export interface TagSubject {
  commit: Oid
  /** Its name, not yet a slug. */
  branch?: string | undefined
  /** A semantic version, with or without a leading v. */
  version?: string | undefined
}

const VARIABLE = /\{([^{}]*)\}/g
/** A branch alone names no version: the next one has it too. */
const TELLING: readonly TagVariable[] = TAG_VARIABLES.filter((name) => name !== 'branch')

/**
 * @throws SupercargoError `tag-template-invalid`: an unknown variable or group, none that tells versions apart, or a
 * text that can never be an OCI tag
 */
export function parseTagTemplate(source: string): TagTemplate {
  const template = /^\/.*\/$/s.test(source) ? readExpression(source) : readParts(source)
  if (!tagVariables(template).some((name) => TELLING.includes(name)))
    throw invalid(source, 'nothing in it tells one version from another')
  return template
}

/** The variables of a template, or the groups of its regular expression, each once. */
export function tagVariables({ parts, pattern }: TagTemplate): TagVariable[] {
  const names = parts === null ? pattern.names : parts.map(({ kind }) => kind)
  return TAG_VARIABLES.filter((name) => names.includes(name))
}

/**
 * The tag of a version; null when nobody can compute it (a regular expression, a date, a number of CI, a branch or a
 * version that is not known, or a result that is no tag): it has to be looked for among the tags in the registry.
 */
export function renderTag({ parts }: TagTemplate, subject: TagSubject): string | null {
  const texts = (parts ?? [null]).map((part) => (part === null ? null : render(part, subject)))
  const tag = texts.every((text) => text !== null) ? texts.join('') : null
  return tag !== null && TAG_PATTERN.test(tag) ? tag : null
}

/**
 * What a tag says by this template; null when the tag was not made by it. `sha` may be abbreviated, `branch` is the
 * slug (see `branchInTag`), `version` has no leading v.
 */
export function readTag({ parts, pattern }: TagTemplate, tag: string): TagReading | null {
  const match = pattern.match(tag)
  if (match === null) return null
  const reading: TagReading | null = parts === null ? match.named : readGroups(parts, match.groups)
  return reading !== null && isReading(reading) ? reading : null
}

/**
 * A branch as the tag has it: what GitLab's CI_COMMIT_REF_SLUG is
 * (https://docs.gitlab.com/ci/variables/predefined_variables/), which Docker's metadata action agrees with for names
 * of small letters, digits, dashes and slashes: `feature/a` is `feature-a`.
 */
export function branchInTag(branch: string): string {
  return branch
    .toLowerCase()
    .replace(/[^0-9a-z]/gu, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
}

function readExpression(source: string): TagTemplate {
  const pattern = attemptPattern(source)
  const unknown = pattern.names.find((name) => !isTagVariable(name))
  if (unknown !== undefined) throw invalid(source, `the group "${unknown}" is not one of its names`)
  return { source, parts: null, pattern }
}

function attemptPattern(source: string): Pattern {
  try {
    return new Pattern(source.slice(1, -1))
  } catch (error) {
    if (!(error instanceof SupercargoError)) throw error
    throw new SupercargoError(error.message, {
      code: 'tag-template-invalid',
      kind: 'permanent',
      ...(error.advice === undefined ? {} : { advice: error.advice }),
      cause: error,
    })
  }
}

function readParts(source: string): TagTemplate {
  const parts: TagPart[] = []
  let end = 0
  for (const match of source.matchAll(VARIABLE)) {
    if (match.index > end) parts.push({ kind: 'text', text: source.slice(end, match.index) })
    parts.push(parseVariable(source, match[1] ?? ''))
    end = match.index + match[0].length
  }
  if (end < source.length) parts.push({ kind: 'text', text: source.slice(end) })
  const twice = parts.find(
    ({ kind }, index) =>
      kind !== 'text' && kind !== 'sha' && parts.findIndex((part) => part.kind === kind) < index,
  )
  if (twice !== undefined) throw invalid(source, `it has {${twice.kind}} more than once`)
  if (!TAG_PATTERN.test(parts.map(sampleOf).join(''))) throw invalid(source, 'its result is not an image tag')
  return { source, parts, pattern: new Pattern(`^${parts.map(patternOf).join('')}$`) }
}

function parseVariable(source: string, name: string): TagPart {
  if (isTagVariable(name) && name !== 'sha') return { kind: name }
  const match = /^sha(?::([0-9]{1,2}))?$/.exec(name)
  const length = match?.[1] === undefined ? 40 : Number(match[1])
  if (!match || length < 4 || length > 40) throw invalid(source, `{${name}} is not one of its variables`)
  return { kind: 'sha', length }
}

function render(part: TagPart, { commit, branch, version }: TagSubject): string | null {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'sha':
      return commit.slice(0, part.length)
    case 'branch':
      return branch === undefined ? null : branchInTag(branch) || null
    case 'version':
      return version === undefined ? null : withoutPrefix(version)
    default:
      return null
  }
}

/** Commits that are written twice must not contradict each other; the longer one counts. */
function readGroups(parts: TagPart[], groups: readonly (string | null)[]): TagReading | null {
  const reading: TagReading = {}
  for (const [index, { kind }] of parts.filter(({ kind }) => kind !== 'text').entries()) {
    const value = groups[index] ?? ''
    if (kind === 'text') continue
    const other = kind === 'sha' ? (reading.sha ?? '') : ''
    if (!value.startsWith(other) && !other.startsWith(value)) return null
    reading[kind] = value.length > other.length ? value : other
  }
  return reading
}

/** Null also for a version with build metadata, whose + no tag can have. */
function withoutPrefix(version: string): string | null {
  const parsed = semver.parse(version)
  return parsed === null || parsed.build.length > 0 ? null : parsed.version
}

function sampleOf(part: TagPart): string {
  if (part.kind === 'text') return part.text
  return part.kind === 'sha' ? 'a'.repeat(part.length) : WRITTEN[part.kind].sample
}

function patternOf(part: TagPart): string {
  if (part.kind === 'text') return quotePattern(part.text)
  return part.kind === 'sha' ? `([0-9a-f]{${part.length}})` : WRITTEN[part.kind].pattern
}

function invalid(source: string, why: string): SupercargoError {
  return new SupercargoError(`"${source}" is not a tag template: ${why}.`, {
    code: 'tag-template-invalid',
    kind: 'permanent',
    advice:
      'Use {sha:7}, {branch}, {version}, {date}, {n} or {timestamp} with fixed text around it, or a regular expression such as /^b(?<n>\\d+)$/.',
  })
}
