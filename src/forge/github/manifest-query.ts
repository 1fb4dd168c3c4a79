import type { ManifestQuery } from '../forge.ts'
import type { Directory, ManifestPart } from './manifests-document.ts'

/** Directory listings (at the base and at every branch of the bot's) that one request may ask for. */
const LISTINGS = 400

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

/** As Git writes it: '' for the root. */
export function cleanPath(path: string): string {
  return path.replace(/^\.?\/+|\/+$/g, '').replace(/^\.$/, '')
}

/** Parts of at most LISTINGS listings each; the first one alone reads the files. */
export function splitQuery(
  query: ManifestQuery,
  directories: Directory[],
): [ManifestPart, ...ManifestPart[]] {
  const branchDirectories = directories.map(({ path }) => path)
  const common = { branch: query.branch, at: null, branchDirectories, prefixes: [] }
  const first: ManifestPart = {
    ...common,
    files: query.files,
    directories: directories.slice(0, LISTINGS),
    branches: [],
    prefixes: query.branchPrefixes ?? [],
  }
  const parts: [ManifestPart, ...ManifestPart[]] = [first]
  for (let start = LISTINGS; start < directories.length; start += LISTINGS) {
    const some = directories.slice(start, start + LISTINGS)
    parts.push({ ...common, files: [], directories: some, branches: [] })
  }
  let room = LISTINGS - first.directories.length
  let part = first
  const cost = Math.max(directories.length, 1)
  for (const branch of new Set(query.changeRequestBranches)) {
    if (room < cost && part.branches.length + part.directories.length > 0) {
      part = { ...common, files: [], directories: [], branches: [] }
      parts.push(part)
      room = LISTINGS
    }
    part.branches.push(branch)
    room -= cost
  }
  return parts
}
