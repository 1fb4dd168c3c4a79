import { editDistance } from '../domain/nearest.ts'

/** The names of images that are nearest to the wanted one by edit distance, nearest first, each once. */
export function nearestNames(wanted: string, names: Iterable<string>, limit: number): string[] {
  const distinct = [...new Set(names)].slice(0, 2000)
  return distinct
    .map((name) => ({ name, distance: distance(wanted, name) }))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name)
}

/** Long registries are often the same in both, and do not count. */
function distance(a: string, b: string): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return editDistance(a.slice(same), b.slice(same))
}
