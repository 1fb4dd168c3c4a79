import { lstatSync, readdirSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { TextFile } from '../../edit/editor.ts'
import { thousands } from '../terminal.ts'
import { type Clues, type Found, textReader } from './text-reader.ts'
import { usageError } from './usage-error.ts'

/** A file that may name an image and that nobody reads. */
export interface UnreadFile {
  path: string
  code: 'not-utf-8' | 'too-large'
  /** One whole sentence. */
  message: string
}

export interface LocalFiles {
  /** Where the paths of the files start: the working directory, or what holds all that was named. */
  root: string
  /**
   * Those that may matter, in the order of paths, which are relative to the root, with `/`. The text keeps a byte
   * order mark.
   */
  files: TextFile[]
  /**
   * Reads all the others.
   * @throws SupercargoError `usage` as when the files were read
   */
  others(): TextFile[]
  /** Text that is not UTF-8 and may name an image, or is larger than 32 MiB. Binary files are not counted. */
  unread: UnreadFile[]
}

const MAX_TOTAL = 512 * 1024 * 1024
const MAX_FILES = 100_000
const SKIPPED = new Set(['.git', 'node_modules'])

/**
 * Reads files, and directories with all that is below them but `.git`, `node_modules` and symbolic links.
 * @throws SupercargoError `usage` where there is too much, or a path cannot be read
 */
export function readFiles(
  paths: readonly string[],
  clues: Clues,
  progress: (count: number) => void,
): LocalFiles {
  const targets = [...new Set(paths.map((path) => resolve(path)))]
  const root = rootOf(targets)
  const files: TextFile[] = []
  const unread: UnreadFile[] = []
  const others: string[] = []
  /** Targets may overlap. */
  const seen = new Set<string>()
  let count = 0
  let total = 0
  const addTo = (texts: TextFile[]) => (path: string, text: string) => {
    total += text.length
    if (total > MAX_TOTAL) throw tooMuch('512 MiB of text')
    texts.push({ path, text })
  }
  const found: Found = {
    text: addTo(files),
    other: (path) => others.push(path),
    notUtf8: (path) => {
      unread.push({ path, code: 'not-utf-8', message: 'The file is not UTF-8, so it is left alone.' })
    },
    tooLarge: (path) => {
      unread.push({ path, code: 'too-large', message: 'The file is larger than 32 MiB and was not read.' })
    },
  }
  const reader = textReader(found, clues)
  const add = (absolute: string, path: string): void => {
    if (targets.length > 1) {
      if (seen.has(absolute)) return
      seen.add(absolute)
    }
    if (++count > MAX_FILES) throw tooMuch(`${thousands(MAX_FILES)} files`)
    if (count % 1000 === 0) progress(count)
    guarded(() => reader.read(absolute, path))
  }
  const walk = (directory: string, path: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const absolute = `${directory}${sep}${entry.name}`
      const below = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isFile()) add(absolute, below)
      else if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(absolute, below)
    }
  }
  for (const target of targets) {
    const path = relative(root, target).replaceAll(sep, '/')
    guarded(() => (isDirectory(target) ? walk(target, path) : add(target, path)))
  }
  reader.end()
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const readOthers = (): TextFile[] => {
    const texts: TextFile[] = []
    const ignore = () => {}
    const all = { texts: [], inPath: () => true }
    const again = textReader({ text: addTo(texts), other: ignore, notUtf8: ignore, tooLarge: ignore }, all)
    for (const path of others) guarded(() => again.read(join(root, path), path))
    again.end()
    return texts
  }
  return { root, files, unread, others: readOthers }
}

/** The directory that holds all targets: the working directory where it does. */
function rootOf(targets: readonly string[]): string {
  let root = process.cwd()
  for (const target of targets) {
    while (target !== root && !target.startsWith(root.endsWith(sep) ? root : root + sep)) root = dirname(root)
  }
  return root
}

/** A named directory may be a symbolic link; a named file may not, for it is replaced when it is written. */
function isDirectory(target: string): boolean {
  if (statSync(target).isDirectory()) return true
  const stat = lstatSync(target)
  if (stat.isSymbolicLink()) throw usageError(`"${target}" is a symbolic link.`, 'Name the file itself.')
  if (!stat.isFile()) {
    throw usageError(`"${target}" is neither a file nor a directory.`, 'Write - for the standard input.')
  }
  return false
}

/** Names the file or the directory that it was about, as seen from the working directory. */
function guarded<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const { code = '', path = '' }: NodeJS.ErrnoException = error
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOENT' && code !== 'ELOOP') throw error
    throw usageError(`"${relative('', path) || path}" may not be read, or is gone (${code}).`)
  }
}

function tooMuch(what: string) {
  return usageError(`There are more than ${what} here.`, 'Name the directories or files that matter.')
}
