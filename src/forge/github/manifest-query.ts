import type { ManifestQuery } from '../forge.ts'
import type { Directory } from '../shared/directories.ts'
import type { ManifestPart } from './manifests-document.ts'

/** Directory listings (at the base and at every branch of the bot's) that one request may ask for. */
const LISTINGS = 400

/** Parts of at most LISTINGS listings each; the first one alone reads the files. */
export function splitQuery(
  query: ManifestQuery,
  directories: Directory[],
): [ManifestPart, ...ManifestPart[]] {
  const branchDirectories = directories.map(({ path }) => path)
  const common = { branch: query.branch, at: null, branchDirectories, prefixes: [], state: null }
  const first: ManifestPart = {
    ...common,
    files: query.files,
    directories: directories.slice(0, LISTINGS),
    branches: [],
    prefixes: query.branchPrefixes ?? [],
    state: query.state ?? null,
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
