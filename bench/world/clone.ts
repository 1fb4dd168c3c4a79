import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Repository } from '../../src/sandbox/model/types.ts'
import type { BenchForge } from './forge.ts'
import { git } from './git.ts'

/** A person's working copy. */
export interface Clone {
  /** Makes the next commit; returns its id. */
  commit(): Promise<string>
  push(): Promise<void>
  /** Both. */
  pushCommit(): Promise<string>
  remove(): Promise<void>
}

export async function openClone(forge: BenchForge, repository: Repository): Promise<Clone> {
  const directory = mkdtempSync(join(tmpdir(), 'supercargo-bench-clone-'))
  await git(directory, ['clone', '--quiet', forge.gitUrl(repository), '.'])
  let number = 0
  const clone: Clone = {
    async commit() {
      number++
      writeFileSync(join(directory, 'version.txt'), `${number}\n`)
      await git(directory, ['add', '--all'])
      await git(directory, ['commit', '--quiet', '-m', `Change number ${number}`])
      return (await git(directory, ['rev-parse', 'HEAD'])).trim()
    },
    push: async () => void (await git(directory, ['push', '--quiet', 'origin', 'HEAD'])),
    async pushCommit() {
      const oid = await clone.commit()
      await clone.push()
      return oid
    },
    remove: async () => rmSync(directory, { recursive: true, force: true, maxRetries: 5 }),
  }
  return clone
}
