import { createHash } from 'node:crypto'

/** The named pipe that stands for a path on Windows: https://nodejs.org/docs/latest-v20.x/api/net.html#ipc-support */
export function pipeName(path: string): string {
  const hash = createHash('sha256').update(path.toLowerCase()).digest('hex').slice(0, 32)
  return `\\\\.\\pipe\\supercargo-${hash}`
}
