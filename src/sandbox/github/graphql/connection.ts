import { FieldError } from './errors.ts'
import type { Execution } from './execution.ts'
import { once, type View } from './fields.ts'

/** Arguments of every connection, as GraphQL gives them. */
export interface Page {
  first?: number | null
  last?: number | null
  after?: string | null
  before?: string | null
}

/** The names of the above, for `takes`. */
export const PAGE = ['first', 'last', 'after', 'before'] as const

/** A list that may be long: counted and read in parts. */
export interface Source<T> {
  total(): Promise<number> | number
  slice(offset: number, limit: number): Promise<T[]> | T[]
}

const LIMIT = 100
const UNAVAILABLE = 'Something went wrong while executing your query. This may be the result of a timeout.'

/**
 * A connection over a list, by https://docs.github.com/graphql/guides/using-pagination-in-the-graphql-api:
 * nodes are given only with `first` or `last`, at most 100 of them. The fault `cutListingsAt` ends the list
 * early, with more to come that cannot be had.
 * @param name of the field, for messages
 */
export function connection<T>(
  execution: Execution,
  type: string,
  name: string,
  page: Page,
  source: Source<T> | readonly T[],
  node: (item: T) => View | Promise<View>,
): View {
  const { total, slice } = isList(source) ? listSource(source) : source
  const read = once(async () => {
    checkBounds(name, page)
    const count = await total()
    const from = page.after ? offsetOf(page.after) + 1 : 0
    const to = page.before ? Math.min(offsetOf(page.before), count) : count
    const start = page.last ? Math.max(from, to - page.last) : from
    const end = page.first ? Math.min(to, from + page.first) : to
    const limit = execution.model.faults.cutListingsAt ?? count
    if (start >= limit && start < count) throw new FieldError('SERVICE_UNAVAILABLE', UNAVAILABLE)
    const length = Math.min(end, limit) - start
    const items = length > 0 ? await slice(start, length) : []
    return { items, start, end: start + items.length, count }
  })
  const nodes = once(async () => await Promise.all((await read()).items.map(node)))
  return {
    __typename: type,
    totalCount: () => total(),
    nodes,
    edges: async () => {
      const { start } = await read()
      const edge = (item: View, index: number) => ({
        __typename: type.replace(/Connection$/, 'Edge'),
        cursor: cursorOf(start + index),
        node: item,
      })
      return (await nodes()).map(edge)
    },
    pageInfo: async () => {
      const { start, end, count } = await read()
      return {
        __typename: 'PageInfo',
        hasNextPage: end < count,
        hasPreviousPage: start > 0,
        startCursor: end > start ? cursorOf(start) : null,
        endCursor: end > start ? cursorOf(end - 1) : null,
      }
    },
  }
}

function isList<T>(source: Source<T> | readonly T[]): source is readonly T[] {
  return Array.isArray(source)
}

function listSource<T>(items: readonly T[]): Source<T> {
  return {
    total: () => items.length,
    slice: (offset, limit) => items.slice(offset, offset + limit),
  }
}

function checkBounds(name: string, { first, last }: Page): void {
  if ((first === null || first === undefined) && (last === null || last === undefined)) {
    throw new FieldError(
      'MISSING_PAGINATION_BOUNDARIES',
      `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`,
    )
  }
  for (const [key, value] of Object.entries({ first, last })) {
    if (value === null || value === undefined) continue
    if (value < 1) {
      throw new FieldError(
        'ARGUMENT_LIMIT',
        `\`${key}\` on the \`${name}\` connection cannot be less than one.`,
      )
    }
    if (value > LIMIT) {
      throw new FieldError(
        'EXCESSIVE_PAGINATION',
        `Requesting ${value} records on the \`${name}\` connection exceeds the \`${key}\` limit of ${LIMIT} records.`,
      )
    }
  }
}

function cursorOf(offset: number): string {
  return Buffer.from(`cursor:v1:${offset}`).toString('base64')
}

function offsetOf(cursor: string): number {
  const offset = /^cursor:v1:(\d+)$/.exec(Buffer.from(cursor, 'base64').toString())?.[1]
  if (offset === undefined) {
    throw new FieldError('INVALID_CURSOR_ARGUMENTS', `\`${cursor}\` does not appear to be a valid cursor.`)
  }
  return Number(offset)
}
