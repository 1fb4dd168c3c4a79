import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** True in the file that node was started with. */
export function isMain(url: string): boolean {
  const started = process.argv[1]
  return started !== undefined && realpathSync(started) === realpathSync(fileURLToPath(url))
}
