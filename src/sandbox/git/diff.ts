import type { Oid } from '../../domain/commit.ts'
import { EMPTY_TREE, type GitRepository } from './git-repository.ts'

/** A file that differs between two commits or trees. */
export interface FileDiff {
  path: string
  /** The path before, of a renamed file. */
  previousPath: string | null
  status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed'
  additions: number
  deletions: number
  binary: boolean
  /** Blob ids; null where the file does not exist. */
  oldOid: Oid | null
  newOid: Oid | null
  oldMode: string | null
  newMode: string | null
  /** Unified diff from the first `@@` on; null for binary files and pure renames. */
  patch: string | null
}

const STATUS: Record<string, FileDiff['status']> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
}

/**
 * The files that differ between two commits or trees, in path order, with renames found.
 * @param base null = everything is new
 * @param patches false leaves the patches out, which is quicker
 */
export async function diffFiles(
  git: GitRepository,
  base: Oid | null,
  head: Oid,
  patches = true,
): Promise<FileDiff[]> {
  const range = ['-r', '-M', '--no-color', '--no-ext-diff', base ?? EMPTY_TREE, head]
  const [facts, text] = await Promise.all([
    git.run(['diff-tree', '--raw', '--numstat', '-z', '--abbrev=40', ...range]),
    patches ? git.run(['diff-tree', '-p', ...range]) : null,
  ])
  const sections = (text?.stdout.toString() ?? '').split(/^(?=diff --git )/m).filter(Boolean)
  const files = readFacts(facts.stdout.toString())
  return files.map((file, index) => ({ ...file, patch: patchOf(sections[index] ?? '') }))
}

/** The same as text, as `git diff` prints it. */
export async function diffText(git: GitRepository, base: Oid | null, head: Oid): Promise<string> {
  const { stdout } = await git.run(['diff-tree', '-r', '-p', '-M', base ?? EMPTY_TREE, head])
  return stdout.toString()
}

function readFacts(text: string): Omit<FileDiff, 'patch'>[] {
  const fields = text.split('\0')
  const files: Omit<FileDiff, 'patch'>[] = []
  let at = 0
  const next = (): string => fields[at++] ?? ''
  while (fields[at]?.startsWith(':')) {
    const [oldMode = '', newMode = '', oldOid = '', newOid = '', letter = ''] = next().slice(1).split(' ')
    const status = STATUS[letter[0] ?? ''] ?? 'changed'
    const moved = status === 'renamed' || status === 'copied'
    const first = next()
    files.push({
      path: moved ? next() : first,
      previousPath: moved ? first : null,
      status,
      additions: 0,
      deletions: 0,
      binary: false,
      oldOid: /^0+$/.test(oldOid) ? null : oldOid,
      newOid: /^0+$/.test(newOid) ? null : newOid,
      oldMode: oldMode === '000000' ? null : oldMode,
      newMode: newMode === '000000' ? null : newMode,
    })
  }
  for (const file of files) {
    const [additions = '0', deletions = '0', path = ''] = next().split('\t')
    if (path === '') at += 2
    file.binary = additions === '-'
    file.additions = Number(additions) || 0
    file.deletions = Number(deletions) || 0
  }
  return files
}

function patchOf(section: string): string | null {
  const at = section.search(/^@@ /m)
  return at === -1 ? null : section.slice(at).replace(/\n$/, '')
}

export interface ChangedPaths {
  added: string[]
  removed: string[]
  modified: string[]
}

/** The paths of files that differ between two trees, without a process; renames are a removal and an addition. */
export async function changedPaths(
  git: GitRepository,
  before: Oid | null,
  after: Oid | null,
  prefix = '',
  found: ChangedPaths = { added: [], removed: [], modified: [] },
): Promise<ChangedPaths> {
  if (before === after) return found
  const old = new Map(((before && (await git.tree(before))) || []).map((entry) => [entry.name, entry]))
  for (const entry of (after && (await git.tree(after))) || []) {
    const was = old.get(entry.name)
    old.delete(entry.name)
    const path = `${prefix}${entry.name}`
    if (was?.oid === entry.oid && was.mode === entry.mode) continue
    const wasTree = was?.type === 'tree' ? was.oid : null
    const isTree = entry.type === 'tree' ? entry.oid : null
    if (wasTree !== null || isTree !== null) await changedPaths(git, wasTree, isTree, `${path}/`, found)
    if (was !== undefined && wasTree === null && isTree !== null) found.removed.push(path)
    if (isTree === null) found[was === undefined || wasTree !== null ? 'added' : 'modified'].push(path)
  }
  for (const entry of old.values()) {
    const path = `${prefix}${entry.name}`
    if (entry.type === 'tree') await changedPaths(git, entry.oid, null, `${path}/`, found)
    else found.removed.push(path)
  }
  return found
}
