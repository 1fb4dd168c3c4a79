import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { SupercargoError } from '../../domain/errors.ts'
import type { FileEdit } from '../../edit/editor.ts'

interface Staged {
  target: string
  temporary: string
}

/**
 * Writes all edits or, where one of them cannot be written, none: each text goes to a temporary file beside its
 * target, and when all are there, each is renamed to its target. Mode and, where that is allowed, owner stay.
 * @throws SupercargoError `not-writable`, or `changed-meanwhile` where a file is not what was read
 */
export function writeFiles(root: string, edits: readonly FileEdit[]): void {
  const staged: Staged[] = []
  // Exclusively created, so that a name that is taken fails; loading `node:crypto` takes longer than many an edit.
  const suffix = `${process.pid}-${Math.random().toString(36).slice(2)}.tmp`
  try {
    for (const edit of edits) staged.push(stage(join(root, edit.path), edit, suffix))
    for (const { temporary, target } of staged) renameSync(temporary, target)
  } catch (error) {
    for (const { temporary } of staged) rmSync(temporary, { force: true })
    throw error
  }
}

function stage(
  target: string,
  { before, after }: Pick<FileEdit, 'before' | 'after'>,
  suffix: string,
): Staged {
  const path = relative('', target)
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}`)
  try {
    const { mode, uid, gid } = unchanged(target, path, before)
    writeFileSync(temporary, after, { flag: 'wx', mode: 0o600 })
    if (uid !== process.getuid?.() || gid !== process.getgid?.()) keepOwner(temporary, uid, gid)
    chmodSync(temporary, mode & 0o777)
    return { target, temporary }
  } catch (error) {
    rmSync(temporary, { force: true })
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (/^E(?:LOOP|ISDIR)$/.test(code)) throw changed(path)
    if (!/^E(?:ACCES|PERM|ROFS|NOSPC|NOENT)$/.test(code)) throw error
    throw new SupercargoError(`"${path}" cannot be written (${code}), so nothing was.`, {
      code: 'not-writable',
      kind: 'permanent',
      advice: 'Check who may write the file and its directory, and do it again.',
      cause: error,
    })
  }
}

/** Opened for writing, because a rename would also replace what may not be written. */
function unchanged(target: string, path: string, before: string): Stats {
  const descriptor = openSync(target, constants.O_RDWR | constants.O_NOFOLLOW)
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile() || readFileSync(descriptor, 'utf8') !== before) throw changed(path)
    return stat
  } finally {
    closeSync(descriptor)
  }
}

function keepOwner(path: string, uid: number, gid: number): void {
  try {
    chownSync(path, uid, gid)
  } catch {
    // Only root may give files away; the file is then owned by whoever edits it, as with git.
  }
}

function changed(path: string): SupercargoError {
  return new SupercargoError(`"${path}" was changed by somebody else meanwhile, so nothing was written.`, {
    code: 'changed-meanwhile',
    kind: 'conflict',
    advice: 'Do it again.',
  })
}
