import { editDistance } from '../../domain/nearest.ts'
import type { SeenName } from '../editor.ts'

/** Those names that are nearest to the wanted one by edit distance, nearest first. */
export function nearestNames(wanted: string, seen: readonly SeenName[], limit: number): SeenName[] {
  return seen
    .slice(0, 2000)
    .map((each) => ({ each, distance: distance(wanted, each.name) }))
    .sort((a, b) => a.distance - b.distance || (a.each.name < b.each.name ? -1 : 1))
    .slice(0, limit)
    .map(({ each }) => each)
}

/** That an image was found nowhere, and what was: whole sentences. */
export function notFoundMessage(wanted: string, where: string, seen: readonly SeenName[]): string {
  const found = seen.map(({ name, files }) => `${name} in ${files === 1 ? '1 file' : `${files} files`}`)
  return `Nothing ${where} names the image ${wanted}.${found.length === 0 ? '' : ` Found ${found.join(', ')}.`}`
}

/** Long registries are often the same in both, and do not count. */
function distance(a: string, b: string): number {
  let same = 0
  while (same < a.length && a[same] === b[same]) same++
  return editDistance(a.slice(same), b.slice(same))
}
