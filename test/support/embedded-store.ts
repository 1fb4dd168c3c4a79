import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createDirectory } from '../../src/store/embedded/create-directory.ts'
import { madeOnce } from './made-once.ts'

/** Gives a data directory a new embedded store: a copy, since making one takes seconds and much memory. */
export async function copyStore(dataDir: string): Promise<void> {
  const made = await madeOnce('embedded-store', ['package-lock.json', 'src/store/sql'], createDirectory)
  await mkdir(dataDir, { recursive: true })
  await cp(made, join(dataDir, 'store'), { recursive: true })
}
