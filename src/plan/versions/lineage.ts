import type { Commit, Oid } from '../../domain/commit.ts'
import type { Comparison, HistoryCommit, SourceSnapshot } from '../../forge/forge.ts'

/** How the version that is deployed relates to the candidate. */
export type Relation =
  | { kind: 'same' }
  /** The candidate descends from what is deployed; `commits` are those that it brings, newest first. */
  | { kind: 'forward'; commits: Commit[]; total: number; complete: boolean }
  | { kind: 'backward' }
  | { kind: 'diverged' }
  /** What is deployed names no commit of this repository. */
  | { kind: 'unknown' }
  /** Must be asked of the forge. */
  | { kind: 'not-read'; base: string; head: string }

/** The key of World.comparisons. */
export function comparisonKey(base: string, head: string): string {
  return `${base}...${head}`
}

/** Every commit of the branches that were read, by object id. */
export function commitGraph(offers: SourceSnapshot): Map<Oid, HistoryCommit> {
  const graph = new Map<Oid, HistoryCommit>()
  for (const history of Object.values(offers.branches)) {
    for (const commit of history?.commits ?? []) graph.set(commit.oid, commit)
  }
  return graph
}

/**
 * Relates two commits by ancestry alone; dates decide nothing.
 * @param from a commit id, perhaps abbreviated, or the name of a tag
 */
export function relate(
  graph: ReadonlyMap<Oid, HistoryCommit>,
  comparisons: Record<string, Comparison>,
  from: string,
  to: Oid,
): Relation {
  const base = findCommit(graph, from)
  if (base === to) return { kind: 'same' }
  if (base !== null && graph.has(to)) {
    const newer = reachable(graph, to)
    const older = reachable(graph, base)
    if (newer.has(base)) return forward(graph, newer, older)
    if (older.has(to)) return { kind: 'backward' }
  }
  return fromComparison(comparisons[comparisonKey(from, to)], from, to)
}

function forward(graph: ReadonlyMap<Oid, HistoryCommit>, newer: Set<Oid>, older: Set<Oid>): Relation {
  const commits = [...graph.values()].filter(({ oid }) => newer.has(oid) && !older.has(oid))
  return { kind: 'forward', commits, total: commits.length, complete: true }
}

function fromComparison(comparison: Comparison | undefined, base: string, head: string): Relation {
  if (comparison === undefined) return { kind: 'not-read', base, head }
  if (comparison.status === 'ahead') {
    const { commits, total } = comparison
    return { kind: 'forward', commits: commits.toReversed(), total, complete: commits.length === total }
  }
  if (comparison.status === 'identical') return { kind: 'same' }
  if (comparison.status === 'behind') return { kind: 'backward' }
  return { kind: comparison.status }
}

/** The one commit whose id begins so; null where there is none, or several. */
export function findCommit(graph: ReadonlyMap<Oid, HistoryCommit>, name: string): Oid | null {
  if (!/^[0-9a-f]{4,64}$/.test(name)) return null
  const matches = [...graph.keys()].filter((oid) => oid.startsWith(name))
  return matches.length === 1 ? (matches[0] ?? null) : null
}

function reachable(graph: ReadonlyMap<Oid, HistoryCommit>, start: Oid): Set<Oid> {
  const oids = new Set<Oid>([start])
  const open = [start]
  for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
    for (const parent of graph.get(oid)?.parents ?? []) {
      if (oids.has(parent)) continue
      oids.add(parent)
      open.push(parent)
    }
  }
  return oids
}
