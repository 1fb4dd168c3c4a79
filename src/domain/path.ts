const MAX_LENGTH = 1024
const MAX_COMPONENT = 255

/** Characters that are not seen, or that some file systems ignore: `.g\u200cit` is `.git` on HFS+. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** What only people may change: by these the manifest repository says who may do what, and what its CI runs. */
const RESERVED = ['.supercargo', '.github', '.gitlab', '.gitlab-ci.yml']

/**
 * Says why a path may not be written in a manifest repository, in one whole sentence; null when it may.
 * A good path is relative, has `/` between its components, and has none that leaves its directory or that is
 * `.git` to any file system. The spellings are those that Git itself refuses:
 * https://github.com/git/git/blob/v2.45.0/path.c (is_ntfs_dotgit) and utf8.c (is_hfs_dotgit).
 */
export function checkManifestPath(path: string): string | null {
  if (path === '') return 'A path must not be empty.'
  const shown = JSON.stringify(path.length > 80 ? `${path.slice(0, 80)}…` : path)
  if (path.length > MAX_LENGTH) return `The path ${shown} is longer than ${MAX_LENGTH} characters.`
  if (INVISIBLE.test(path)) return `The path ${shown} holds a control or invisible character.`
  if (path.includes('\\')) return `The path ${shown} holds a backslash.`
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    return `The path ${shown} is absolute; it must be relative to the repository's root.`
  const components = path.split('/')
  for (const component of components) {
    const problem = checkComponent(component, shown)
    if (problem !== null) return problem
  }
  if (RESERVED.includes(plain(components[0] ?? '')))
    return `The path ${shown} lies in a place that only people may change.`
  return null
}

/** True when the path is the root or lies below it; both as checkManifestPath() accepts them. */
export function isUnder(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`)
}

function checkComponent(component: string, shown: string): string | null {
  if (component === '') return `The path ${shown} has an empty component.`
  if (component === '.' || component === '..') return `The path ${shown} has the component "${component}".`
  if (Buffer.byteLength(component) > MAX_COMPONENT)
    return `The path ${shown} has a component of more than ${MAX_COMPONENT} bytes.`
  if (isDotGit(component)) return `The path ${shown} leads into Git's own directory.`
  return null
}

/** `.git`, `.GIT`, `.git. `, `.git::$INDEX_ALLOCATION`, `git~1`, `GIT~2 `. */
function isDotGit(component: string): boolean {
  return /^(?:\.git|git~[0-9]+)$/.test(plain(component))
}

/** A component as the least exact file system reads it: no case, no stream, no trailing dots and spaces. */
function plain(component: string): string {
  const stream = component.indexOf(':')
  const name = stream === -1 ? component : component.slice(0, stream)
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[. ]+$/, '')
}
