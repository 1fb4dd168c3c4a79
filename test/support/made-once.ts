import { createHash, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = join(process.cwd(), '.cache')
/** Of what another version of the sources made, in milliseconds: a run that uses it still may go on. */
const KEPT = 3_600_000

/**
 * A directory in `.cache` that takes long to make, and is the same as long as its sources are: their paths from the
 * project's root. Only the first process that asks makes it.
 */
export async function madeOnce(
  name: string,
  sources: readonly string[],
  make: (directory: string) => void | Promise<void>,
): Promise<string> {
  const folder = join(CACHE, name)
  const made = join(folder, digest(sources))
  if (existsSync(made)) return made
  mkdirSync(folder, { recursive: true })
  for (const old of readdirSync(folder).map((entry) => join(folder, entry))) {
    if (Date.now() - statSync(old).mtimeMs > KEPT) rmSync(old, { recursive: true, force: true })
  }
  const draft = join(folder, randomUUID())
  await make(draft)
  try {
    renameSync(draft, made)
  } catch (error) {
    // another process was faster
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(made)) throw error
  }
  return made
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
