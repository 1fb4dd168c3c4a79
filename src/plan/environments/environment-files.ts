import type { Environment } from '../../config/model.ts'
import { checkManifestPath, isUnder } from '../../domain/path.ts'
import type { TextFile } from '../../edit/editor.ts'
import type { ManifestFile } from '../../forge/forge.ts'

/** Files with a text that may be edited: no symbolic links, no submodules, nothing binary. */
export function textFiles(tree: readonly ManifestFile[]): TextFile[] {
  return tree.flatMap(({ path, text, mode }) =>
    text !== null && mode.startsWith('100') ? [{ path, text }] : [],
  )
}

/** Those under a path. */
export function textsUnder(tree: readonly ManifestFile[], root: string): TextFile[] {
  return textFiles(tree).filter(({ path }) => isUnder(path, root))
}

/** Where an environment's fields are: its path, or the directory of the file that its path is. */
export function fieldDirectory(tree: readonly ManifestFile[], { path }: Environment): string {
  return tree.some((file) => file.path === path) ? directoryOf(path) : path
}

/** The directory of a file, `''` at the root. */
export function directoryOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/** Why a file must not be written there, in one whole sentence; null when it may. */
export function whyNotWritten(tree: readonly ManifestFile[], path: string): string | null {
  const wrong = checkManifestPath(path)
  if (wrong !== null) return wrong
  const blocked = tree.find(
    (file) => (file.path === path && !file.mode.startsWith('100')) || path.startsWith(`${file.path}/`),
  )
  if (blocked !== undefined) return `${path} cannot be written, because ${blocked.path} is in its place.`
  const isDirectory = tree.some((file) => file.path.startsWith(`${path}/`))
  return isDirectory ? `${path} cannot be written, because it is a directory.` : null
}
