import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const AppFile = z.object({
  appId: z.union([z.string().min(1), z.number()]).transform(String),
  privateKey: z.string().min(1),
  webhookSecret: z.string().min(1),
  apiUrl: z.url(),
  /** Page of the app, where it is installed. */
  url: z.url(),
})

/** The identity of the GitHub App that the setup page created; see `docs/install-github.md`. */
export type AppFile = z.infer<typeof AppFile>

/** Where it is kept, in the data directory. */
export function appFilePath(dataDirectory: string): string {
  return join(dataDirectory, 'github-app.json')
}

/**
 * Reads the file.
 * @returns null where there is none; a whole sentence when it is there and cannot be used
 */
export function readAppFile(dataDirectory: string): AppFile | string | null {
  const path = appFilePath(dataDirectory)
  let text: string
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
      return `${path} holds a private key, and other people of this machine may read it.`
    }
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' || code === 'ENOTDIR' ? null : `${path} cannot be read (${code ?? 'unknown'}).`
  }
  try {
    return AppFile.parse(JSON.parse(text))
  } catch {
    return `${path} is damaged.`
  }
}

/** Writes the file whole or not at all, readable by its owner only; makes the directory. */
export function writeAppFile(dataDirectory: string, app: AppFile): void {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  const path = appFilePath(dataDirectory)
  const draft = `${path}.new`
  writeFileSync(draft, `${JSON.stringify(app, null, 2)}\n`, { mode: 0o600 })
  chmodSync(draft, 0o600)
  renameSync(draft, path)
}
