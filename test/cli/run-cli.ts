import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { buildOnce } from '../support/build-once.ts'

/** What Node runs as `supercargo`. */
export const MAIN = join(await buildOnce(), 'dist/cli/main.js')

export interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

/** Runs the command line as a process of its own, in a directory. */
export function runCli(
  directory: string,
  args: string[],
  {
    input = '',
    env = {},
    uid,
  }: { input?: string | Uint8Array; env?: Record<string, string>; uid?: number } = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: directory,
    input,
    encoding: 'utf8',
    env: { PATH: process.env.PATH ?? '', ...env },
    ...(uid === undefined ? {} : { uid }),
  })
  return { status, stdout, stderr }
}

/** A directory with files, for as long as `use` runs. */
export async function withFiles(
  files: Record<string, string | Uint8Array>,
  use: (directory: string) => void | Promise<void>,
): Promise<void> {
  const directory = join(mkdtempSync(join(tmpdir(), 'supercargo-')), 'web')
  try {
    mkdirSync(directory)
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), content)
    }
    await use(directory)
  } finally {
    rmSync(dirname(directory), { recursive: true, force: true })
  }
}
