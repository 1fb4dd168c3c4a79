import type { ManifestQuery } from '../forge.ts'
import { type Directory, directoriesOf } from '../shared/directories.ts'
import type { ManifestPart } from './manifests-document.ts'

/** Directory listings (at the base and at every branch of the bot's) that one request may ask for. */
const LISTINGS = 400

/** Parts of at most LISTINGS listings each; the first one alone reads the files. */
export function splitQuery(
  query: ManifestQuery,
  directories: Directory[],
): [ManifestPart, ...ManifestPart[]] {
  const common = { branch: query.branch, at: null, prefixes: [], state: null }
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
  for (const name of new Set(query.changeRequestBranches)) {
    const own = directoriesOf(query, directories, name).map(({ path }) => path)
    const cost = Math.max(own.length, 1)
    if (room < cost && part.branches.length + part.directories.length > 0) {
      part = { ...common, files: [], directories: [], branches: [] }
      parts.push(part)
      room = LISTINGS
    }
    part.branches.push({ name, directories: own })
    room -= cost
  }
  return parts
}
