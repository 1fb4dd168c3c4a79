import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { SupercargoError } from '../domain/errors.ts'
import { parseSecrets, secretProblem } from '../intake/secret.ts'
import { writePrivateFile } from './private-file.ts'
import { readPrivateKey } from './private-key.ts'

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

/**
 * Keeps an app that GitHub has just created.
 * @returns the path of the file
 * @throws SupercargoError `app-not-usable` when the server would not start with it
 */
export function saveCreatedApp(dataDirectory: string, app: AppFile): string {
  const problem =
    readPrivateKey(app.privateKey) === null
      ? 'The private key is not an RSA key.'
      : secretProblem(parseSecrets(app.webhookSecret))
  if (problem !== null) {
    throw new SupercargoError(`The new app cannot be used: ${problem}`, {
      code: 'app-not-usable',
      kind: 'permanent',
      advice: 'Delete the app on GitHub, and create it by hand as docs/install-github.md says.',
    })
  }
  writeAppFile(dataDirectory, app)
  return appFilePath(dataDirectory)
}

/** Writes the file; see `writePrivateFile`. */
export function writeAppFile(dataDirectory: string, app: AppFile): void {
  writePrivateFile(appFilePath(dataDirectory), app)
}
