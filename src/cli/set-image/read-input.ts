import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { cluesFor, mattersByPath } from '../../edit/search/may-matter.ts'
import type { WishedImage } from './image-reference.ts'
import { type LocalFiles, readFiles } from './read-files.ts'
import { usageError } from './usage-error.ts'

/**
 * The files that are named, those of the working directory where none are, or the standard input as one file.
 * @throws SupercargoError `usage`
 */
export function readInput(
  paths: readonly string[],
  wanted: readonly WishedImage[],
  { stdinPath = 'stdin.yaml' }: { stdinPath?: string },
  progress: (text: string) => void,
): LocalFiles {
  if (paths.includes('-')) {
    const bytes = readFileSync(0)
    if (!isUtf8(bytes)) throw usageError('The standard input is not UTF-8.')
    const file = { path: stdinPath, text: bytes.toString('utf8') }
    return { root: process.cwd(), files: [file], others: () => [], unread: [] }
  }
  const images = wanted.flatMap(({ image, newName }) => (newName === null ? [image] : [image, newName]))
  const clues = { texts: cluesFor(images), inPath: mattersByPath }
  return readFiles(paths.length === 0 ? ['.'] : paths, clues, (count) => progress(`${count} files read …`))
}
