import { globIsPrefix, globPrefix } from '../domain/glob.ts'
import { readReference } from '../domain/image.ts'
import type { ForgeId } from '../domain/repository.ts'
import { type Parsed, right, wrong } from './parsed.ts'

const MAX_LENGTH = 256
const FORGE = /^[a-z][a-z0-9-]*$/
const REPOSITORIES = /^(?:\*\*|[\w.*?-]+(?:\/[\w.*?-]+)+)$/

/** A glob over paths, branches, tags or repositories (src/domain/glob.ts). */
export function parseGlob(text: string): Parsed<string> {
  const advice = 'Write a pattern such as services/web/**: * is any text without a slash, ** is any text.'
  if (text === '' || text.length > MAX_LENGTH || /[\p{C}\s]/u.test(text))
    return wrong(`${JSON.stringify(text.slice(0, 80))} is not a pattern.`, advice)
  if (/[[\]{}\\!]/.test(text))
    return wrong(`The pattern "${text}" holds a sign that means nothing here.`, advice)
  if (text.endsWith('/')) return wrong(`The pattern "${text}" matches nothing.`, `Write ${text}**.`)
  if (/^\/|\/\/|(?:^|\/)\.{1,2}(?:\/|$)/.test(text))
    return wrong(
      `The pattern "${text}" matches nothing.`,
      'Write it from the root of the repository, without a slash first.',
    )
  return right(text)
}

/**
 * A place in the application repository: a file, or a directory with everything below it. Forges tell which
 * commits touch those; of any other pattern they do not.
 */
export function parsePlace(text: string): Parsed<string> {
  const glob = parseGlob(text)
  if (!glob.ok || globIsPrefix(text)) return glob
  const prefix = globPrefix(text)
  return wrong(
    `The pattern "${text}" is not a file or a directory.`,
    `Write ${prefix === '' ? 'the directory of the app, such as services/web/**' : `${prefix}/**`}.`,
  )
}

/** `acme/web`, `acme/*`, `gitlab:acme/**`; without a forge it is the manifest repository's own. */
export function parseFrom(text: string, manifestsForge: ForgeId): Parsed<{ forge: ForgeId; glob: string }> {
  const colon = text.indexOf(':')
  const forge = colon === -1 ? manifestsForge : text.slice(0, colon)
  const glob = text.slice(colon + 1)
  if (FORGE.test(forge) && REPOSITORIES.test(glob) && parseGlob(glob).ok) return right({ forge, glob })
  return wrong(
    `${JSON.stringify(text.slice(0, 80))} is not a pattern for repositories.`,
    'Write owner/name, such as acme/web, acme/* or gitlab:acme/web.',
  )
}

/** A glob over image names, completed as names are: `nginx` is `docker.io/library/nginx`. */
export function parseImageGlob(text: string): Parsed<string> {
  const example = readReference(text.replace(/\*+|\?/g, 'a'))
  if (text.length > MAX_LENGTH || example === null || example.tag !== null || example.digest !== null)
    return wrong(
      `${JSON.stringify(text.slice(0, 80))} is not a pattern for images.`,
      'Write a name without a tag, such as ghcr.io/acme/web or ghcr.io/acme/*.',
    )
  const slash = text.indexOf('/')
  const first = slash === -1 ? text : text.slice(0, slash)
  if (text === '*')
    return wrong('The pattern "*" matches only names without a slash.', 'Write "**" for every image.')
  if (first.startsWith('**') || (slash !== -1 && /[*?]/.test(first))) return right(text.toLowerCase())
  if (slash === -1) return right(`docker.io/library/${text}`)
  const [host = ''] = example.name.normalised.split('/')
  const named = /[.:]/.test(first) || first === 'localhost'
  return right(named ? `${host}${text.slice(slash).toLowerCase()}` : `docker.io/${text}`)
}
