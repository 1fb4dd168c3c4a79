import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createDirectory } from '../../src/store/embedded/create-directory.ts'
import { kept } from './kept.ts'

/** Gives a data directory a new embedded store: a copy, since making one takes seconds and much memory. */
export async function copyStore(dataDir: string): Promise<void> {
  const { path, draft, keep } = kept('embedded-store', ['package-lock.json', 'src/store/sql'])
  if (draft !== null) {
    await createDirectory(draft)
    keep()
  }
  mkdirSync(dataDir, { recursive: true })
  cpSync(path, join(dataDir, 'store'), { recursive: true })
}
