import semver from 'semver'
import type { Environment, Follow } from '../../config/model.ts'
import { globMatches } from '../../domain/glob.ts'
import { TAG_PATTERN } from '../../domain/image.ts'
import { naturalOrder } from '../../domain/natural-order.ts'
import { Pattern } from '../../domain/pattern.ts'

/** A tag of a registry that a rule takes. */
export interface RuledTag {
  tag: string
  /** What of it is compared. */
  text: string
}

export type RegistryRule = Extract<Follow, { kind: `registry-${string}` }>

export function isRegistryRule(follow: Follow): follow is RegistryRule {
  return (
    follow.kind === 'registry-range' || follow.kind === 'registry-newest' || follow.kind === 'registry-digest'
  )
}

type Rule = Pick<Environment, 'follow' | 'tags'>

/**
 * Which tags a registry rule takes, in no order: those that are OCI tags, that `allow` and `deny` let through, that
 * `extract` matches, and that the rule itself means. In time that grows with their number alone.
 */
export function ruledTags(rule: Rule, tags: readonly string[]): RuledTag[] {
  const key = JSON.stringify([rule.follow, rule.tags])
  const known = taken.get(tags) ?? new Map<string, RuledTag[]>()
  taken.set(tags, known)
  const found = known.get(key) ?? takeAll(rule, tags)
  known.set(key, found)
  return found
}

/** A plan is made several times over the same listing. */
const taken = new WeakMap<readonly string[], Map<string, RuledTag[]>>()

function takeAll(rule: Rule, tags: readonly string[]): RuledTag[] {
  const take = taker(rule)
  return tags.flatMap((tag) => {
    const text = take(tag)
    return text === null ? [] : [{ tag, text }]
  })
}

/**
 * The order of what a rule compares: versions by precedence, and by build metadata where that is equal
 * (https://semver.org/#spec-item-11); other texts naturally. Equal ones by their whole tags, so that it is total.
 */
export function compareRuled({ follow }: Rule, a: RuledTag, b: RuledTag): number {
  const order =
    follow.kind === 'registry-range' ? compareVersions(a.text, b.text) : naturalOrder(a.text, b.text)
  return order || naturalOrder(a.tag, b.tag)
}

/** What of a tag the rule compares, wherever the tag comes from; null where the rule says nothing of it. */
export function comparedBy({ follow, tags }: Rule, tag: string): RuledTag | null {
  const text = extractor(tags.extract)(tag)
  if (text === null) return null
  if (follow.kind === 'registry-range') return readVersion(text) === null ? null : { tag, text }
  return follow.kind === 'registry-newest' && globMatches(follow.glob, tag) ? { tag, text } : null
}

/** The highest, and what comes behind it, at most so many. */
export function highest(rule: Rule, tags: readonly RuledTag[], most: number): RuledTag[] {
  const found: RuledTag[] = []
  for (const each of tags) {
    const last = found.at(-1)
    if (found.length === most && last !== undefined && compareRuled(rule, each, last) <= 0) continue
    const at = found.findIndex((other) => compareRuled(rule, each, other) > 0)
    found.splice(at === -1 ? found.length : at, 0, each)
    if (found.length > most) found.pop()
  }
  return found
}

function taker({
  follow,
  tags: { allow, deny, extract, prereleases },
}: Rule): (tag: string) => string | null {
  const extracted = extractor(extract)
  const options = { includePrerelease: prereleases }
  const range = follow.kind === 'registry-range' ? new semver.Range(follow.range, options) : null
  const isMeant = (tag: string, text: string) => {
    if (follow.kind === 'registry-newest') return globMatches(follow.glob, tag)
    const version = range === null ? null : readVersion(text)
    return version !== null && range?.test(version) === true
  }
  return (tag) => {
    if (!TAG_PATTERN.test(tag) || deny.some((glob) => globMatches(glob, tag))) return null
    if (allow.length > 0 && !allow.some((glob) => globMatches(glob, tag))) return null
    const text = extracted(tag)
    return text !== null && isMeant(tag, text) ? text : null
  }
}

function extractor(extract: string | null): (tag: string) => string | null {
  if (extract === null) return (tag) => tag
  const pattern = new Pattern(extract)
  return (tag) => {
    const match = pattern.match(tag)
    if (match === null) return null
    return match.named.version ?? match.groups.find((group) => group !== null) ?? match.text
  }
}

/** A tag cannot hold the `+` before build metadata: `_` stands for it, as Helm writes it. */
function readVersion(text: string): semver.SemVer | null {
  return semver.parse(text) ?? (text.includes('_') ? semver.parse(text.replace('_', '+')) : null)
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [readVersion(a), readVersion(b)]
  return left === null || right === null ? naturalOrder(a, b) : semver.compareBuild(left, right)
}
