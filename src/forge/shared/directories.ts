import type { ManifestQuery } from '../forge.ts'

/** A directory (or file) of a manifest repository, with all that is asked of it. */
export interface Directory {
  /** '' is the root. */
  path: string
  texts: boolean
  /** Number of commits. */
  history: number
}

/** Each directory once, with all that is asked of it. */
export function mergeDirectories(directories: ManifestQuery['directories']): Directory[] {
  const byPath = new Map<string, Directory>()
  for (const { path, texts, history } of directories) {
    const clean = cleanPath(path)
    const known = byPath.get(clean)
    byPath.set(clean, {
      path: clean,
      texts: texts || known?.texts === true,
      history: Math.max(history, known?.history ?? 0),
    })
  }
  return [...byPath.values()]
}

/** Those that are read at the head of a branch of the bot's. */
export function directoriesOf<T extends { path: string }>(
  { branchDirectories }: ManifestQuery,
  directories: readonly T[],
  branch: string,
): T[] {
  const own = branchDirectories?.[branch]?.map(cleanPath)
  return directories.filter(({ path }) => own === undefined || own.includes(path))
}

/** As Git writes it: '' for the root. */
export function cleanPath(path: string): string {
  return path.replace(/^\.?\/+|\/+$/g, '').replace(/^\.$/, '')
}
