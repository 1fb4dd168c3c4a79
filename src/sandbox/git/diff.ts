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
 */
export async function diffFiles(git: GitRepository, base: Oid | null, head: Oid): Promise<FileDiff[]> {
  const range = ['-r', '-M', '--no-color', '--no-ext-diff', base ?? EMPTY_TREE, head]
  const [facts, patches] = await Promise.all([
    git.run(['diff-tree', '--raw', '--numstat', '-z', '--abbrev=40', ...range]),
    git.run(['diff-tree', '-p', ...range]),
  ])
  const sections = patches.stdout
    .toString()
    .split(/^(?=diff --git )/m)
    .filter(Boolean)
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
