import { isAscii, isUtf8 } from 'node:buffer'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import type { TextFile } from '../../edit/editor.ts'
import { thousands } from '../terminal.ts'
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
  /** In the order of paths, which are relative to the root, with `/`. The text keeps a byte order mark. */
  files: TextFile[]
  /** Text that is not UTF-8 and may name an image, or is larger than 32 MiB. Binary files are not counted. */
  unread: UnreadFile[]
}

const MAX_FILE = 32 * 1024 * 1024
const MAX_TOTAL = 512 * 1024 * 1024
const MAX_FILES = 100_000
const SKIPPED = new Set(['.git', 'node_modules'])
/** Where git looks for a NUL to tell binary files. */
const HEAD = 8000

const chunk = Buffer.allocUnsafe(64 * 1024)

export interface HowToRead {
  /** Whether bytes that are not UTF-8 are worth a word. */
  mayMatter(bytes: Buffer): boolean
  /** Called now and then with the number of files that were read. */
  progress(count: number): void
}

/**
 * Reads files, and directories with all that is below them but `.git`, `node_modules` and symbolic links.
 * @throws SupercargoError `usage` where there is too much, or a path cannot be read
 */
export function readFiles(paths: readonly string[], { mayMatter, progress }: HowToRead): LocalFiles {
  const targets = [...new Set(paths.map((path) => resolve(path)))]
  const root = rootOf(targets)
  const read: LocalFiles = { root, files: [], unread: [] }
  const seen = new Set<string>()
  let total = 0

  const add = (absolute: string, path: string): void => {
    if (seen.has(absolute)) return
    seen.add(absolute)
    if (seen.size > MAX_FILES) throw tooMuch(`${thousands(MAX_FILES)} files`)
    if (seen.size % 1000 === 0) progress(seen.size)
    const bytes = readBytes(absolute, path)
    if (bytes === 'binary') return
    if (bytes === 'too-large') {
      read.unread.push({ path, code: bytes, message: 'The file is larger than 32 MiB and was not read.' })
    } else if (!isUtf8(bytes)) {
      if (!mayMatter(bytes)) return
      read.unread.push({ path, code: 'not-utf-8', message: 'The file is not UTF-8, so it is left alone.' })
    } else {
      total += bytes.length
      if (total > MAX_TOTAL) throw tooMuch('512 MiB of text')
      read.files.push({ path, text: bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8') })
    }
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
    guarded(target, () => (isDirectory(target) ? walk(target, path) : add(target, path)))
  }
  read.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return read
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

function readBytes(absolute: string, path: string): Buffer | 'binary' | 'too-large' {
  const descriptor = guarded(path, () => openSync(absolute, constants.O_RDONLY | constants.O_NOFOLLOW))
  try {
    const length = readSync(descriptor, chunk, 0, chunk.length, 0)
    if (chunk.subarray(0, Math.min(length, HEAD)).includes(0)) return 'binary'
    if (length < chunk.length) return chunk.subarray(0, length)
    const { size } = fstatSync(descriptor)
    if (size > MAX_FILE) return 'too-large'
    const whole = Buffer.allocUnsafe(size)
    let at = 0
    for (let got = -1; got !== 0 && at < size; at += got) got = readSync(descriptor, whole, at, size - at, at)
    return whole.subarray(0, at)
  } finally {
    closeSync(descriptor)
  }
}

function guarded<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOENT' && code !== 'ELOOP') throw error
    throw usageError(`"${path}" may not be read, or is gone (${code}).`)
  }
}

function tooMuch(what: string) {
  return usageError(`There are more than ${what} here.`, 'Name the directories or files that matter.')
}
