import { GraphQLError } from 'graphql'

/** What every connection takes. */
export interface PageArguments {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

/** Items of one page at most. https://docs.gitlab.com/api/graphql/#limits */
const LARGEST = 100

/**
 * One page of a list, as a connection.
 * @param key what an item's cursor holds
 * @param cutAt the listing breaks off after so many
 */
export function connection<T>(
  items: readonly T[],
  key: (item: T, index: number) => string | number,
  args: PageArguments,
  cutAt: number | null = null,
): Record<string, unknown> {
  const { first, last, after, before } = args
  if ((first ?? 0) < 0 || (last ?? 0) < 0) throw new GraphQLError('`first` and `last` must not be negative.')
  const cursorOf = (item: T): string =>
    Buffer.from(JSON.stringify(key(item, items.indexOf(item)))).toString('base64url')
  const cursors = items.map(cursorOf)
  const start = after == null ? 0 : place(cursors, after) + 1
  const end = before == null ? items.length : place(cursors, before)
  const size = Math.min(first ?? last ?? LARGEST, LARGEST, cutAt ?? LARGEST)
  const from = first == null && last != null ? Math.max(start, end - size) : start
  const to = Math.min(end, from + size)
  if (cutAt !== null && from >= cutAt && from > 0) throw new GraphQLError('Request timed out.')
  const shown = items.slice(from, to)
  return {
    count: items.length,
    nodes: shown,
    edges: shown.map((node) => ({ node, cursor: cursorOf(node) })),
    pageInfo: {
      startCursor: cursors[from] ?? null,
      endCursor: to > from ? (cursors[to - 1] ?? null) : null,
      hasNextPage: to < items.length,
      hasPreviousPage: from > 0,
    },
  }
}

function place(cursors: readonly string[], cursor: string): number {
  const at = cursors.indexOf(cursor)
  if (at === -1) throw new GraphQLError('Please provide a valid cursor')
  return at
}
