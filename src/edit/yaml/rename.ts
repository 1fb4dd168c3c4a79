import type { Scalar } from 'yaml'
import { readReference } from '../../domain/image.ts'
import type { Splice } from '../editor.ts'
import type { YamlDocument } from './document.ts'
import { type Entry, presentText, scalarOf } from './mapping.ts'
import { claim, type PlaceCode, together, write } from './place.ts'

/** Whether a wished name is of another image than the present one; other spellings are left alone. */
export function isOtherName(present: string | undefined, wished: string | undefined): wished is string {
  if (wished === undefined) return false
  const now = present === undefined ? null : readReference(present)
  return now === null || now.name.normalised !== readReference(wished)?.name.normalised
}

/** A name that is written in two parts, or in one. */
export interface SplitName {
  repository: Entry
  registry: Entry | undefined
  /** A registry that stands elsewhere and goes before a repository without one. */
  global: string | null
}

/** The names that the parts make: first the one that is deployed; [] when that is no name. */
export function joinedNames(path: string, registry: string | null, global: string | null): string[] {
  const spellings = [path]
  if (registry !== null) spellings[0] = under(registry, path)
  else if (global !== null && !hasHost(path)) spellings.unshift(under(global, path))
  return spellings.filter((name) => {
    const reference = readReference(name)
    return reference !== null && reference.tag === null && reference.digest === null
  })
}

/**
 * Writes a new name: into the registry and the repository where both stand, else the whole of it into the
 * repository. A registry that stays the same keeps its spelling.
 */
export function renameSplit(
  document: YamlDocument,
  split: SplitName,
  name: string,
): Splice[] | PlaceCode | null {
  const repository = scalarOf(split.repository)
  const registry = scalarOf(split.registry)
  const path = presentText(split.repository)
  const own = presentText(split.registry)
  if (repository === null || path === null) return 'rename-unsupported'
  const prefix = own ?? split.global
  if (prefix === null || path.startsWith(slashed(prefix))) return writeName(document, repository, name)
  const rest = behindRegistry(name, prefix)
  if (rest !== null) return writeName(document, repository, rest)
  if (registry === null || own === null) {
    return hasHost(path) ? writeName(document, repository, name) : 'rename-unsupported'
  }
  const [host, behind] = hostAndPath(name)
  return together(writeName(document, registry, host), writeName(document, repository, behind))
}

/** What is left of a name to write behind a registry that stands elsewhere; null for a name of another one. */
export function behindRegistry(name: string, registry: string | null): string | null {
  if (registry === null) return name
  return name.startsWith(slashed(registry)) ? name.slice(slashed(registry).length) : null
}

/** Remembers who says a part of a name, so that what an anchor shares is seen. */
export function claimName(
  document: YamlDocument,
  { repository, registry }: SplitName,
  names: string[],
): void {
  for (const entry of [repository, registry]) {
    const scalar = scalarOf(entry)
    if (scalar !== null) claim(document, scalar, names)
  }
}

/** A part of a name that is used elsewhere by an alias may be a part of the names of others. */
function writeName(document: YamlDocument, scalar: Scalar.Parsed, value: string): Splice[] | PlaceCode {
  const claims = document.claims.get(scalar)?.count ?? 0
  const uses = [...document.targets.values()].filter((target) => target === scalar).length
  return uses >= Math.max(1, claims) ? 'shared-anchor' : write(document, scalar, value)
}

function under(registry: string, path: string): string {
  const prefix = slashed(registry)
  return path.startsWith(prefix) ? path : `${prefix}${path}`
}

function slashed(registry: string): string {
  return `${registry.replace(/\/+$/, '')}/`
}

/** Whether a name begins with a registry. */
export function hasHost(name: string): boolean {
  const [first = ''] = name.split('/')
  return name.includes('/') && (/[.:[]/.test(first) || first === 'localhost')
}

function hostAndPath(name: string): [string, string] {
  return hasHost(name)
    ? [name.slice(0, name.indexOf('/')), name.slice(name.indexOf('/') + 1)]
    : ['docker.io', name]
}
