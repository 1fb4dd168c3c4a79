import semver from 'semver'
import { TAG_PATTERN } from '../domain/image.ts'
import { NAME_PATTERN } from '../domain/names.ts'
import { nearest } from '../domain/nearest.ts'
import { isRefName } from '../domain/ref-name.ts'
import { parseGlob } from './grammar-glob.ts'
import { parseTagGlob } from './grammar-ready.ts'
import type { Follow, PreviewFollow, WrittenFollow } from './model.ts'
import { type Parsed, right, wrong } from './parsed.ts'

const MAX_LENGTH = 256

/** `branch main`, `tag v*`, `registry ^1.2`, `environment staging`: what an environment follows. */
export function parseFollow(text: string): Parsed<WrittenFollow> {
  const [kind, rest] = splitKind(text)
  if (kind !== 'environment') return parseRule(text)
  return NAME_PATTERN.test(rest)
    ? right({ kind: 'environment', environment: rest })
    : wrong(`"${text}" does not name an environment.`, 'Write its name, such as environment staging.')
}

/** The same without other environments. */
export function parseRule(text: string): Parsed<Follow> {
  const [kind, rest] = splitKind(text)
  if (kind === 'tag') return parseTagRule(rest)
  if (kind === 'branch') {
    if (isRefName(rest)) return right({ kind: 'branch', branch: rest })
    return wrong(`"${text}" does not name one branch.`, 'Write the name of one branch, such as branch main.')
  }
  if (kind === 'registry') return parseRegistryRule(rest)
  return wrong(`"${text}" says nothing that an environment can follow.`, adviseFollow(text, kind))
}

/** `pull requests`, `branches feature/*`: what previews follow. */
export function parsePreviewFollow(text: string): Parsed<PreviewFollow> {
  const [kind, rest] = splitKind(text)
  if (kind === 'pull' && rest === 'requests') return right({ kind: 'pull-requests' })
  if (kind !== 'branches')
    return wrong(
      `"${text}" says nothing that previews can follow.`,
      'Write pull requests (also for merge requests on GitLab), or a pattern such as branches feature/*.',
    )
  return isRefGlob(rest)
    ? right({ kind: 'branches', glob: rest })
    : wrong(`"${rest}" is not a pattern for branches.`, 'Write a pattern such as branches feature/*.')
}

/**
 * A rule is a range of semantic versions when it begins with a digit, `*` or one of `^ ~ < > =` and node-semver
 * can read it (https://github.com/npm/node-semver#ranges). Any other is a glob: `v*`, `release-*`, `2024.01.*`.
 */
function parseTagRule(rule: string): Parsed<Follow> {
  const example = 'Write a pattern such as tag v*, or a range such as tag ^1.2.'
  if (rule === '' || rule.length > MAX_LENGTH)
    return wrong('The rule for tags is missing or too long.', example)
  if (/^[\d*^~<>=]/.test(rule) && semver.validRange(rule) !== null)
    return right({ kind: 'tag-range', range: rule })
  if (/^[~^<>=]/.test(rule)) return wrong(`"${rule}" is not a range of versions.`, example)
  if (/^v\d+(?:\.\d+)*(?:\.[xX])+$/.test(rule))
    return wrong(
      `"${rule}" is neither a pattern nor a range.`,
      `Write tag ${rule.slice(1)}, which also takes tags with a v such as ${rule.replace(/x/gi, '0')}.`,
    )
  return isRefGlob(rule)
    ? right({ kind: 'tag-glob', glob: rule })
    : wrong(`"${rule}" is not a pattern for tags.`, example)
}

/** `^1.2`, `newest matching "main-*"`, `digest latest`: which tag in the registry. */
function parseRegistryRule(rule: string): Parsed<Follow> {
  const example = 'Write registry ^1.2, registry newest matching "main-*" or registry digest latest.'
  const [kind, rest] = splitKind(rule)
  if (kind === 'digest') {
    if (TAG_PATTERN.test(rest)) return right({ kind: 'registry-digest', tag: rest })
    return wrong(`"${rest}" is not one tag.`, 'Write the tag that is moved, such as registry digest latest.')
  }
  if (kind === 'newest') {
    const glob = /^matching\s+(?:"([^"]+)"|'([^']+)'|([^\s"']+))$/.exec(rest)
    const parsed = parseTagGlob(glob?.[1] ?? glob?.[2] ?? glob?.[3] ?? '')
    if (parsed.ok) return right({ kind: 'registry-newest', glob: parsed.value })
    return glob === null ? wrong(`"${rule}" names no pattern.`, example) : parsed
  }
  if (
    rule !== '' &&
    rule.length <= MAX_LENGTH &&
    /^[\d*^~<>=]/.test(rule) &&
    semver.validRange(rule) !== null
  )
    return right({ kind: 'registry-range', range: rule })
  if (!/^[~^<>=]/.test(rule) && parseTagGlob(rule).ok)
    return wrong(`"${rule}" is not a range of versions.`, `Write registry newest matching "${rule}".`)
  return wrong(`"${rule}" says no tags of a registry.`, example)
}

function isRefGlob(glob: string): boolean {
  return parseGlob(glob).ok && isRefName(glob.replace(/[*?]/g, 'x'))
}

function adviseFollow(text: string, kind: string): string {
  if (/^(?:pull requests?|branches)\b/.test(text))
    return 'Only previews follow that: write branch main or tag v*.'
  const near = nearest(kind, ['branch', 'tag', 'registry', 'environment'])
  if (near !== null) return `Did you mean ${near}? Write branch main, tag v* or registry ^1.2.`
  if (/[*^~<>=]|^v?\d/.test(text) && parseTagRule(text).ok) return `Write tag ${text}.`
  return isRefName(text) ? `Write branch ${text}.` : 'Write branch main or tag v*.'
}

function splitKind(text: string): [string, string] {
  const trimmed = text.trim()
  const space = trimmed.search(/\s/)
  return space === -1 ? [trimmed, ''] : [trimmed.slice(0, space), trimmed.slice(space).trim()]
}
