import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const CACHE = resolve('.cache')
/** What was made from other sources stays so long, in milliseconds: a run that uses it may still go on. */
const GRACE = 3_600_000

/** A file or directory that takes long to make, and is the same as long as its sources are. */
export interface Kept {
  path: string
  /** Where to make it, before `keep`; null when it is there. */
  draft: string | null
  /** Of several processes that make it at the same time, the first one wins. */
  keep(): void
}

/** Looks for it in `.cache`. @param sources files and directories that it is made from */
export function kept(name: string, sources: readonly string[]): Kept {
  const folder = join(CACHE, name)
  const path = join(folder, digest(sources))
  if (existsSync(path)) return { path, draft: null, keep: () => {} }
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder).map((entry) => join(folder, entry))) {
    if (Date.now() - statSync(old).mtimeMs > GRACE) rmSync(old, { recursive: true, force: true })
  }
  const draft = join(folder, randomUUID())
  const keep = () => {
    try {
      renameSync(draft, path)
    } catch (error) {
      rmSync(draft, { recursive: true, force: true })
      if (!existsSync(path)) throw error
    }
  }
  return { path, draft, keep }
}

function digest(sources: readonly string[]): string {
  const hash = createHash('sha256')
  const add = (path: string): void => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else hash.update(`${path}\n`).update(readFileSync(path))
  }
  for (const source of sources) add(source)
  return hash.digest('hex').slice(0, 16)
}
