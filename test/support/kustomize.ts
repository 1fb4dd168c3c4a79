import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

const CACHED = resolve(import.meta.dirname, '../../.cache/kustomize/usr/bin/kustomize')

/** The program: on the path, or where `test/support/install-kustomize.sh` puts it; null where there is none. */
export function findKustomize(): string | null {
  const works = (program: string) => spawnSync(program, ['version']).status === 0
  return ['kustomize', CACHED].find(works) ?? null
}

/** The reason to skip a test, or false: what node:test takes as `skip`. */
export function skipWithoutKustomize(): string | false {
  return findKustomize() === null
    ? 'kustomize is not installed; run test/support/install-kustomize.sh (needs Debian or Ubuntu)'
    : false
}

export type Build = { ok: true; lines: string[] } | { ok: false; error: string }

/** Renders one directory of a tree of files. Throws when kustomize is not installed. */
export function kustomizeBuild(files: Record<string, string>, directory: string): Build {
  const program = findKustomize()
  if (program === null) throw new Error('kustomize is not installed')
  const root = mkdtempSync(join(tmpdir(), 'supercargo-kustomize-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const { status, stdout, stderr } = spawnSync(program, ['build', join(root, directory)], {
      encoding: 'utf8',
    })
    return status === 0 ? { ok: true, lines: stdout.split('\n') } : { ok: false, error: stderr }
  } finally {
    rmSync(root, { recursive: true })
  }
}
