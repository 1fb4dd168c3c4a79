import valid from 'semver/functions/valid.js'
import { type ImageName, readReference } from '../../domain/image.ts'
import { keepsVersion } from '../behind-name.ts'
import type { Place, Splice, VersionWish } from '../editor.ts'
import type { MarkedPart } from './marker.ts'
import { type FoundReference, referencesIn } from './reference-in.ts'

export type RewriteCode =
  | 'marker-unclear'
  | 'not-literal'
  | 'digest-unknown'
  | 'sha-unknown'
  | 'version-unknown'

const SHA = /(?<![0-9A-Za-z])[0-9a-f]{40}(?:[0-9a-f]{24})?(?![0-9A-Za-z])/g
const VERSION = /(?<![\w.+-])(v?)(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)(?![\w.+-])/g
const DIGEST = /(?<![\w.+-])[a-z0-9]+:[0-9a-f]{32,}(?![\w.+-])/g
/** Of a longer text it is not asked what is meant. UTF-16 code units. */
const MAX_LENGTH = 10_000

/** A template, a variable or a placeholder that somebody else fills in. */
const FILLED_IN = /\$[{(]|\{\{|<[^>]*>|\[\[|%\(/

/** What a marked text is read for. */
interface Sought {
  image: ImageName
  /** Of the image and of its new name. */
  normalised: readonly string[]
  wish: VersionWish
}

/**
 * What must change in a marked text so that it says the wished version; null when it says so already. The whole
 * text changes when it is one word; of a longer one only the one part of it that is clearly meant.
 */
export function rewrite(
  text: string,
  part: MarkedPart,
  image: ImageName,
  wish: VersionWish,
): Splice | null | RewriteCode {
  if (text.length > MAX_LENGTH) return 'marker-unclear'
  if (FILLED_IN.test(text)) return 'not-literal'
  const isNamed = part === 'reference' || part === 'name'
  if (keepsVersion(wish) && !isNamed) return null
  const rewriter = rewriters[keepsVersion(wish) ? 'name' : part]
  const splice = rewriter(text, { image, normalised: namesOf(image, wish), wish })
  return typeof splice === 'string' || text.slice(splice.start, splice.end) !== splice.text ? splice : null
}

/** What a marked text says at present. */
export function presentVersion(
  text: string,
  part: MarkedPart,
  image: ImageName,
): Pick<Place, 'tag' | 'digest' | 'says'> {
  const nothing = { tag: null, digest: null }
  if (text.length > MAX_LENGTH) return nothing
  const found = meant(text, [image.normalised])
  switch (part) {
    case 'reference':
      return found ?? nothing
    case 'digest':
      return { tag: null, digest: found?.digest ?? only(text, DIGEST)?.text ?? null }
    case 'tag': {
      const { tag = null, digest = null } = tagged(text, [image.normalised]) ?? tagAlone(text) ?? nothing
      return { tag: tag === '' ? null : tag, digest }
    }
    case 'sha': {
      const sha = only(text, SHA)?.text ?? (/^[0-9a-f]{7,64}$/.test(text) ? text : null)
      return sha === null ? nothing : { ...nothing, says: { sha } }
    }
    case 'version': {
      const version = only(text, VERSION)?.text.replace(/^v/, '')
      return version === undefined ? nothing : { ...nothing, says: { version } }
    }
    default:
      return nothing
  }
}

type Rewriter = (text: string, sought: Sought) => Splice | RewriteCode

const rewriters: Record<MarkedPart, Rewriter> = {
  reference: (text, { normalised, image, wish }) => {
    const found = meant(text, normalised)
    if (found === null && text !== '') return 'marker-unclear'
    const { start, end } = found ?? whole(text)
    const isPinned = wish.pins !== false || (found !== null && found.digest !== null)
    return { start, end, text: `${nameFor(found, image, wish)}:${wish.tag}${isPinned ? pin(wish) : ''}` }
  },

  tag: (text, { normalised, wish }) => {
    const found = tagged(text, normalised)
    if (found !== null) {
      const version = `:${wish.tag}${found.digest === null ? '' : pin(wish)}`
      return { start: found.start + found.name.length, end: found.end, text: version }
    }
    const alone = tagAlone(text)
    if (alone === null) return 'marker-unclear'
    const { start, end } = alone
    return { start, end, text: `${wish.tag}${alone.digest === null ? '' : pin(wish)}` }
  },

  digest: (text, { normalised, wish: { digest } }) => {
    if (digest === undefined) return 'digest-unknown'
    const one = only(text, DIGEST)
    if (one !== null) return { start: one.start, end: one.end, text: digest }
    const isName = normalised.includes(meant(text, normalised)?.normalised ?? '')
    return isName || !/^[\w.:+-]*$/.test(text) ? 'marker-unclear' : { ...whole(text), text: digest }
  },

  name: (text, { normalised, image, wish }) => {
    const found = meant(text, normalised)
    if (found === null && text !== '') return 'marker-unclear'
    const { start } = found ?? whole(text)
    return { start, end: start + (found?.name.length ?? 0), text: nameFor(found, image, wish) }
  },

  sha: (text, { wish: { sha } }) => {
    if (sha === undefined) return 'sha-unknown'
    const one = only(text, SHA)
    if (one !== null) return { start: one.start, end: one.end, text: sha }
    return /^[\w.+-]*$/.test(text) ? { ...whole(text), text: sha } : 'marker-unclear'
  },

  version: (text, { wish }) => {
    const version = wish.version ?? versionOf(wish.tag)
    if (version === null) return 'version-unknown'
    if (/^(?:v?\d[\w.+-]*|[A-Za-z_]*)$/.test(text)) return { ...whole(text), text: version }
    const one = only(text, VERSION)
    if (one === null) return 'marker-unclear'
    return { start: one.text.startsWith('v') ? one.start + 1 : one.start, end: one.end, text: version }
  },
}

function namesOf(image: ImageName, { name }: VersionWish): string[] {
  const renamed = name === undefined ? null : readReference(name)
  return renamed === null ? [image.normalised] : [image.normalised, renamed.name.normalised]
}

/** The name as it stands when it is the image's; else the new name, or the image's as it is configured. */
function nameFor(found: FoundReference | null, image: ImageName, { name }: VersionWish): string {
  const keeps = name === undefined && found?.normalised === image.normalised
  return keeps && found !== null ? found.name : (name ?? image.written)
}

function pin({ digest }: VersionWish): string {
  return digest === undefined ? '' : `@${digest}`
}

function whole(text: string): { start: number; end: number } {
  return { start: 0, end: text.length }
}

/** The reference that a text is, whatever its name; else the one in it that is to the image. */
function meant(text: string, normalised: readonly string[]): FoundReference | null {
  const all = referencesIn(text)
  const [first, ...others] = all
  if (first !== undefined && others.length === 0 && first.start === 0 && first.end === text.length)
    return first
  const [own, ...more] = all.filter((each) => normalised.includes(each.normalised))
  return own === undefined || more.length > 0 || !own.isLiteral ? null : own
}

/** The reference whose tag is meant: the image's, or else the only one that has a tag. */
function tagged(text: string, normalised: readonly string[]): FoundReference | null {
  const found = meant(text, normalised)
  if (found !== null) {
    const isNamed =
      normalised.includes(found.normalised) && (found.digest !== null || found.name.includes('/'))
    return found.tag !== null || isNamed || found.start > 0 ? found : null
  }
  const [first, ...more] = referencesIn(text).filter(({ tag, isLiteral }) => tag !== null && isLiteral)
  return first === undefined || more.length > 0 ? null : first
}

/** A tag that stands without a name: alone, or behind the only `=`; with `@` and a digest as some charts take it. */
function tagAlone(text: string): { start: number; end: number; tag: string; digest: string | null } | null {
  const match = /^(?:[^=]*=)?([\w.+-]*)(?:@([a-z0-9]+:[0-9a-fA-F]+))?(?=$|[\s,;&])/.exec(text)
  if (match === null) return null
  const { 0: all, 1: tag = '', 2: digest = null } = match
  const rest = text.slice(all.length)
  if (rest !== '' && (!all.includes('=') || rest.includes('='))) return null
  const length = tag.length + (digest === null ? 0 : digest.length + 1)
  return { start: all.length - length, end: all.length, tag, digest }
}

function only(text: string, pattern: RegExp): { start: number; end: number; text: string } | null {
  const [first, ...more] = text.matchAll(pattern)
  if (first === undefined || more.length > 0) return null
  return { start: first.index, end: first.index + first[0].length, text: first[0] }
}

/** A tag without its leading `v`, when that is a semantic version (https://semver.org). */
function versionOf(tag: string): string | null {
  const version = tag.replace(/^v/, '')
  return valid(version) === version ? version : null
}
